"""One task that RunTask started: from PROVISIONING over RUNNING to its end, with what its containers said.

How long it runs, what it logs and how it exits is ordered by family (``definition.register``).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from moto.ecs.models import TaskDefinition

from playground.aws import task_logs
from playground.aws.account import ecs
from playground.aws.definitions import containers_of
from playground.aws.meter import Meter
from playground.aws.moment import Moment
from playground.aws.tasks import (
    DEPROVISION_SECONDS,
    KEPT_SECONDS,
    PROVISIONING_SECONDS,
    PULL_SECONDS,
    SIGTERM_EXIT,
    STOP_SECONDS,
    dress,
)
from playground.aws.ticked import TickedTask

Params = dict[str, Any]
EXITED = "Essential container in task exited"


@dataclass(frozen=True)
class Once:
    """How tasks of a family go. ``sidecar``: the exit code of the second container, where that one ends the
    task; ``None`` if the first one does. ``hidden``: for how many seconds DescribeTasks answers MISSING.
    """

    code: int = 0
    seconds: float = 6.0
    log: tuple[str, ...] = ()
    sidecar: int | None = None
    hidden: float = 0.0


class OnceTask(TickedTask):
    """A task of RunTask."""

    def __init__(self, definition: TaskDefinition, params: Params, cluster: str, moment: Moment) -> None:
        strategy = params.get("capacityProviderStrategy") or []
        super().__init__(
            definition,
            cluster,
            launch_type=params.get("launchType") or "FARGATE",
            started_by=params.get("startedBy") or "",
            networking_configuration=params.get("networkConfiguration"),
            tags=[dict(tag) for tag in params.get("tags") or []],
            overrides=params.get("overrides") or {},
        )
        self.id = uuid.uuid4().hex
        self.definition, self.born = definition, moment
        self.capacity_provider_name = strategy[0]["capacityProvider"] if strategy else None
        self.now_status = "PROVISIONING"
        self.since, self.due = moment.t, moment.t + PROVISIONING_SECONDS
        self.created_at = moment.at
        self.health_status = "UNKNOWN"
        self.stop_code: str | None = None
        self.visible_from = moment.t
        dress(self, definition)
        self.containers = [_container(row, self.task_arn) for row in containers_of(definition)]  # type: ignore[misc]

    @property
    def ran(self) -> list[dict[str, Any]]:
        rows: list[Any] = self.containers
        return rows

    def command(self) -> list[str]:
        """Return what its first container runs: the overriding command, else the definition's."""
        overrides: Any = self.overrides or {}
        for override in overrides.get("containerOverrides") or []:
            if override.get("command"):
                return [str(part) for part in override["command"]]
        return [str(part) for part in containers_of(self.definition)[0].get("command") or []]

    def halt(self, reason: str, moment: Moment) -> None:
        """Stop it, as StopTask does: SIGTERM, and an exit code only for what has started."""
        if self.desired_status == "STOPPED":
            return
        started = self.now_status == "RUNNING"
        self._end(moment, "UserInitiated", reason, STOP_SECONDS)
        for container in self.ran if started else []:
            container.setdefault("exitCode", SIGTERM_EXIT)

    def live(self, once: Once, moment: Moment, meter: Meter) -> None:
        """Live up to ``moment``, one state at a time."""
        while moment.t >= self.due and self.now_status != "STOPPED":
            at = moment.later(self.due - moment.t)
            match self.now_status:
                case "PROVISIONING":
                    self.pull_started_at = at.at
                    meter.begin(self, at)
                    self._enter("PENDING", at, PULL_SECONDS)
                case "PENDING":
                    self.pull_stopped_at = self.started_at = at.at
                    self._enter("RUNNING", at, once.seconds)
                    self._log([f"running {' '.join(self.command())}".strip()], at)
                case "RUNNING":
                    self._exit(once, at)
                case _:
                    self.stopped_at = at.at
                    meter.end(self, at)
                    self._enter("STOPPED", at, KEPT_SECONDS)
        if self.now_status == "STOPPED" and moment.t >= self.due:
            ecs().tasks.get(self.cluster_name, {}).pop(self.task_arn, None)

    def _exit(self, once: Once, at: Moment) -> None:
        self._log(list(once.log), at)
        for number, container in enumerate(self.ran):
            container["exitCode"] = SIGTERM_EXIT if number else once.code
        if once.sidecar is not None and len(self.ran) > 1:
            self.ran[0]["exitCode"], self.ran[1]["exitCode"] = SIGTERM_EXIT, once.sidecar
        self._end(at, "EssentialContainerExited", EXITED, DEPROVISION_SECONDS)

    def _end(self, at: Moment, code: str, reason: str, lasting: float) -> None:
        self.desired_status = "STOPPED"
        self.stop_code, self.stopped_reason = code, reason
        self.stopping_at = self.execution_stopped_at = at.at
        self._enter("DEPROVISIONING", at, lasting)

    def _enter(self, status: str, at: Moment, lasting: float) -> None:
        self.now_status, self.since, self.due = status, at.t, at.t + lasting
        for container in self.ran:
            container["lastStatus"] = status if status in ("RUNNING", "STOPPED") else container["lastStatus"]

    def _log(self, lines: list[str], at: Moment) -> None:
        if lines:
            task_logs.write(containers_of(self.definition)[0], self.id, lines, at)


def _container(row: dict[str, Any], task: str) -> dict[str, Any]:
    arn = f"{task.replace(':task/', ':container/')}/{uuid.uuid4()}"
    shown = {"containerArn": arn, "taskArn": task, "name": row["name"], "image": row["image"]}
    return shown | {"lastStatus": "PENDING", "healthStatus": "UNKNOWN"}


class OnceBook:
    """How the tasks of each family go, which capacity is short, and the tokens that were used."""

    def __init__(self) -> None:
        self.families: dict[str, Once] = {}
        self.short: dict[str, tuple[str, int]] = {}
        """By cluster: the reason of a failure, and how many calls it still fails."""
        self.tokens: dict[tuple[str, str], tuple[Params, Moment, Params]] = {}
        """By cluster and token: the parameters, when, and the answer."""

    def of(self, task: OnceTask) -> Once:
        return self.families.get(str(task.definition.family), Once())

    def live(self, moment: Moment, meter: Meter) -> None:
        """Let all these tasks live up to ``moment``."""
        for tasks in ecs().tasks.values():
            for task in [task for task in tasks.values() if isinstance(task, OnceTask)]:
                task.live(self.of(task), moment, meter)
