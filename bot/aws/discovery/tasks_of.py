"""The tasks of services: running, and recently stopped (ECS keeps those for about an hour, facts/ecs 1.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.aws import calls
from bot.aws.discovery import rows
from bot.aws.discovery.live import batches
from bot.aws.errors import only_missing
from bot.aws.place import Place
from policies.service.facts import Task

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceTypeDef, TaskTypeDef

MOST_AT_ONCE = 100
"""Page of ListTasks, batch of DescribeTasks (facts/ecs 1.2) and of GetTaskProtection (the service model)."""

LISTS_AND_BATCH = 3
"""Calls for all tasks if there are no more than ``MOST_AT_ONCE``: both lists and one batch."""


def read_tasks(place: Place, service: ServiceTypeDef) -> tuple[Task, ...]:
    """Every task of one service that ECS still shows."""
    name = service["serviceName"]
    action = f"read the tasks of {name}"
    only = {"serviceName": name}
    found = _read(place, service["clusterArn"], only, action)
    return tuple(rows.task(row) for row in found if group(row) == name)


def read_all_tasks(place: Place, cluster: str) -> Mapping[str, tuple[Task, ...]]:
    """The tasks of every service of a cluster, by service: a few calls in all instead of a few for each
    service.
    """
    found: dict[str, tuple[Task, ...]] = {}
    for row in _read(place, cluster, {}, f"read the tasks of {place.environment.name}"):
        found[group(row)] = (*found.get(group(row), ()), rows.task(row))
    return found


def read_alone(place: Place, cluster: str) -> Iterator[TaskTypeDef]:
    """Rows, with tags, of the tasks that are meant to run in a cluster and that no service keeps there. A
    daemon's tasks are left out too: they run as long as their instance does (the name of their group is our
    own reading).
    """
    action = f"read the one-off tasks of {place.environment.name}"
    for row in _described(place, cluster, _listed(place, cluster, "RUNNING", {}), action, tags=True):
        if not kept(row) and row.get("desiredStatus") == "RUNNING":
            yield row


def read_every(place: Place, cluster: str) -> Iterator[TaskTypeDef]:
    """Rows, with tags, of all tasks of a cluster that ECS still shows, whoever started them."""
    return _read(place, cluster, {}, f"read the tasks of {place.environment.name}", tags=True)


def read_running(place: Place, cluster: str) -> Iterator[TaskTypeDef]:
    """Rows of all tasks of a cluster that have not stopped yet, whoever started them."""
    action = f"read the tasks of {place.environment.name}"
    return (row for row in _read(place, cluster, {}, action) if row.get("lastStatus") != "STOPPED")


def describe_one(place: Place, cluster: str, task: str) -> TaskTypeDef | None:
    """The row of one task; ``None`` if ECS does not show the task, which it may do just after its start."""
    action = f"read a task of {place.environment.name}"
    return next(iter(_described(place, cluster, [task], action)), None)


def kept(row: TaskTypeDef) -> bool:
    """Does a service or a daemon keep this task running?"""
    return row.get("group", "").partition(":")[0] in ("service", "daemon")


def with_protection(place: Place, service: ServiceTypeDef, tasks: Sequence[Task]) -> tuple[Task, ...]:
    """The same tasks of that service, each with its protection. A stopped task no longer has any. A task for
    which AWS gives no answer is on its way out, and counts as unprotected.
    """
    action = f"read which tasks of {service['serviceName']} are protected"
    until: dict[str, datetime | None] = {}
    for batch in batches((t.id for t in tasks if t.last_status != "STOPPED"), MOST_AT_ONCE):
        client = place.ecs(action)
        with place.turn(calls.GET_TASK_PROTECTION, action):
            answer = client.get_task_protection(cluster=service["clusterArn"], tasks=batch)
        for row in answer["protectedTasks"]:
            if row.get("protectionEnabled"):
                until[rows.last_part(row.get("taskArn", ""))] = row.get("expirationDate")
    return tuple(
        replace(t, protected=True, protected_until=until[t.id]) if t.id in until else t for t in tasks
    )


def _read(
    place: Place, cluster: str, only: Mapping[str, str], action: str, *, tags: bool = False
) -> Iterator[TaskTypeDef]:
    """Running and recently stopped tasks. A task that disappears between the two calls is left out."""
    with place.together(LISTS_AND_BATCH, calls.LIST_TASKS, action) as placed:
        arns = [arn for status in ("RUNNING", "STOPPED") for arn in _listed(placed, cluster, status, only)]
        yield from _described(placed, cluster, arns, action, tags=tags)


def _described(
    place: Place, cluster: str, arns: Sequence[str], action: str, *, tags: bool = False
) -> Iterator[TaskTypeDef]:
    for batch in batches(dict.fromkeys(arns), MOST_AT_ONCE):
        client = place.ecs(action)
        with place.turn(calls.DESCRIBE_TASKS, action):
            answer = client.describe_tasks(cluster=cluster, tasks=batch, include=["TAGS"] if tags else [])
        only_missing(answer.get("failures", []), action)
        yield from answer["tasks"]


def group(row: TaskTypeDef) -> str:
    """The service's name. ECS gives a service's tasks the group ``service:NAME``, which nothing else may
    use.
    """
    kind, _, name = row.get("group", "").partition(":")
    return name if kind == "service" else ""


def _listed(place: Place, cluster: str, status: str, only: Mapping[str, str]) -> list[str]:
    action = f"list the tasks of {place.environment.name}"
    pages = place.ecs(action).get_paginator("list_tasks")
    asked: Any = {"cluster": cluster, "desiredStatus": status, **only}
    walk = pages.paginate(**asked, PaginationConfig={"PageSize": MOST_AT_ONCE})
    return [arn for page in place.paged(calls.LIST_TASKS, action, walk) for arn in page["taskArns"]]
