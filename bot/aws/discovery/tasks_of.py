"""The tasks of one service: running, and lately stopped (kept by ECS for about an hour, ecs-facts 1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bot.aws.discovery import rows
from bot.aws.discovery.live import batches
from bot.aws.errors import only_missing
from bot.aws.place import Place
from policies.service import Task

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceTypeDef

ACTIONS = ("ecs:ListTasks", "ecs:DescribeTasks")

MOST_AT_ONCE = 100
"""Page of ListTasks, batch of DescribeTasks (ecs-facts 1.2)."""


def read_tasks(place: Place, service: ServiceTypeDef) -> tuple[Task, ...]:
    """Every task that ECS still shows. One that is gone between the two calls is left out."""
    action = f"read the tasks of {service['serviceName']}"
    arns = [*_listed(place, service, "RUNNING"), *_listed(place, service, "STOPPED")]
    found: list[Task] = []
    for batch in batches(dict.fromkeys(arns), MOST_AT_ONCE):
        client = place.ecs(action)
        with place.turn("DescribeTasks", action):
            answer = client.describe_tasks(cluster=service["clusterArn"], tasks=batch)
        only_missing(answer.get("failures", []), action)
        found += [rows.task(row) for row in answer["tasks"] if _belongs(row.get("group", ""), service)]
    return tuple(found)


def _belongs(group: str, service: ServiceTypeDef) -> bool:
    """ECS gives service tasks the group ``service:NAME``, which nothing else may use."""
    return group == f"service:{service['serviceName']}"


def _listed(place: Place, service: ServiceTypeDef, status: Literal["RUNNING", "STOPPED"]) -> list[str]:
    action = f"list the tasks of {service['serviceName']}"
    pages = place.ecs(action).get_paginator("list_tasks")
    walk = pages.paginate(
        cluster=service["clusterArn"],
        serviceName=service["serviceName"],
        desiredStatus=status,
        PaginationConfig={"PageSize": MOST_AT_ONCE},
    )
    return [arn for page in place.paged("ListTasks", action, walk) for arn in page["taskArns"]]
