"""Single tasks: stops one, and finds those that no service keeps. Whether to stop a task is decided
elsewhere.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from bot.aws import calls
from bot.aws.discovery.rows import last_part, tags_of
from bot.aws.discovery.tasks_of import kept, read_alone, read_every
from bot.aws.place import Place
from handlers.ports.aws import Receipt
from handlers.words.errors import Absent
from policies.secrets.public import public
from policies.service.environment import TagPick
from policies.service.happened import Ran
from policies.service.one_off import OneOff

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskTypeDef

ID = re.compile(r"[A-Za-z0-9-]{1,64}")
LONGEST_REASON = 255


class EcsTasks:
    """Implements ``handlers.ports.aws.Tasks``, in the environment's clusters and no others."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def stop(self, task: str, reason: str) -> Receipt:
        """Ask once to stop a task. The task shows the reason, so that its owner sees who stopped it."""
        if not ID.fullmatch(task):
            raise Absent(f"There is no task {task[:64]} in {self._place.environment.name}.")
        send_by = self._place.send_by()
        cluster = self._cluster(task)
        action = f"stop task {task}"
        client = self._place.ecs_for_change(action)
        with self._place.turn(calls.STOP_TASK, action, send_by=send_by):
            answer = client.stop_task(cluster=cluster, task=task, reason=reason[:LONGEST_REASON])
        return Receipt(
            request_id=answer["ResponseMetadata"]["RequestId"],
            deployment=answer.get("task", {}).get("startedBy", ""),
        )

    def one_off(self) -> tuple[OneOff, ...]:
        rows = [row for c in self._place.environment.pick.clusters for row in read_alone(self._place, c)]
        found = [one for row in rows if (one := self._judged(row)) is not None]
        return tuple(sorted(found, key=lambda one: (one.since is None, one.since, one.id)))

    def ran_since(self, since: datetime) -> tuple[Ran, ...]:
        """The tasks without a service, running or ended, that were created since then."""
        rows = [row for c in self._place.environment.pick.clusters for row in read_every(self._place, c)]
        young = [row for row in rows if not kept(row) and (at := row.get("createdAt")) and at >= since]
        found = [(row, one) for row in young if (one := self._judged(row)) is not None and one.since]
        ran = [
            Ran(
                one.id,
                one.family,
                row["createdAt"],
                started_by=one.started_by,
                ours=one.ours,
                over=row.get("lastStatus") == "STOPPED",
                exit_code=_exit_code(row),
            )
            for row, one in found
        ]
        return tuple(sorted(ran, key=lambda one: one.at, reverse=True))

    def _judged(self, row: TaskTypeDef) -> OneOff | None:
        """A one-off task as this environment sees it, or ``None`` if the task is another environment's. Only
        whoever runs such a task can tag it (facts/ecs 6).
        """
        self._place.check_account(row["taskArn"])
        pick = self._place.environment.pick
        ours = True
        if isinstance(pick, TagPick):
            value = tags_of(row.get("tags", [])).get(pick.key)
            if value not in (None, pick.value):
                return None
            ours = value == pick.value
        family = last_part(row.get("taskDefinitionArn", "")).split(":")[0]
        by = public(row.get("startedBy", ""))
        return OneOff(
            last_part(row["taskArn"]), family, by, row.get("createdAt"), ours, last_part(row["clusterArn"])
        )

    def _cluster(self, task: str) -> str:
        """The environment's only cluster, or else the cluster that has the task."""
        clusters = self._place.environment.pick.clusters
        if len(clusters) == 1:
            return clusters[0]
        action = f"find task {task}"
        for cluster in clusters:
            client = self._place.ecs(action)
            with self._place.turn(calls.DESCRIBE_TASKS, action):
                answer = client.describe_tasks(cluster=cluster, tasks=[task])
            if any(last_part(row.get("clusterArn", "")) == cluster for row in answer["tasks"]):
                return cluster
        raise Absent(f"There is no task {task} in {self._place.environment.name}.")


def _exit_code(row: TaskTypeDef) -> int | None:
    """The first exit code that is not zero, else zero if any container has exited, else ``None``."""
    codes = [code for c in row.get("containers", []) if (code := c.get("exitCode")) is not None]
    return next((code for code in codes if code), codes[0] if codes else None)
