"""The world's own meter: how long each task was paid for, in time that the world has lived.

The code that moves tasks keeps the meter and reads none of the instants that the API answers, so a ledger
made from those can be checked against the meter. A clock that jumps back moves the instants but not this
count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from moto.ecs.models import Task

from playground.aws.account import ecs
from playground.aws.buying import FREE_STORAGE
from playground.aws.moment import Moment

MINIMUM = {"LINUX": 60, "WINDOWS": 300}
"""The minimum number of seconds that a task is billed for (facts/ecs 7.3)."""


@dataclass(frozen=True)
class Size:
    """What a task is billed by. ``cpu`` is in 1024ths of a vCPU, ``memory`` in MiB, ``storage`` in GiB;
    ``bought`` is FARGATE, FARGATE_SPOT or EC2.
    """

    cpu: int
    memory: int
    architecture: str = "X86_64"
    system: str = "LINUX"
    storage: int = FREE_STORAGE
    bought: str = "FARGATE"
    public_ip: bool = False

    @property
    def minimum(self) -> int:
        return MINIMUM["WINDOWS" if self.system.startswith("WINDOWS") else "LINUX"]


@dataclass
class Stay:
    """One task from the start of its image pull, or else its creation, to its end. ``service`` is empty for a
    task that no service keeps; ``tags`` are those the task had at its start. ``removed`` means that the world
    forgot the task without a stop, which no caller can have seen.
    """

    id: str
    cluster: str
    service: str
    size: Size
    begin: Moment
    tags: dict[str, str] = field(default_factory=dict)
    pulled: bool = True
    end: Moment | None = None
    removed: bool = False

    def lived(self, now: Moment) -> float:
        """Return the seconds until its end, or until now."""
        return max(0.0, (self.end or now).t - self.begin.t)

    def billed(self, now: Moment) -> int:
        """Return the seconds billed: rounded up, and at least the minimum."""
        return max(self.size.minimum, math.ceil(round(self.lived(now), 3)))


class Meter:
    """Every task that was ever paid for in this world, by ARN; hold the fleet's lock."""

    def __init__(self) -> None:
        self.stays: dict[str, Stay] = {}
        self._services: dict[tuple[str, str], list[Stay]] = {}

    def begin(self, task: Task, moment: Moment, *, pulled: bool = True) -> None:
        if task.task_arn in self.stays:
            return
        stay = self.stays[task.task_arn] = _stay(task, moment, pulled)
        self._services.setdefault((stay.cluster, stay.service), []).append(stay)

    def end(self, task: Task, moment: Moment, *, removed: bool = False) -> None:
        """Stop counting a task. A task that never pulled its image is counted from its creation on."""
        born: Moment = task.born  # type: ignore[attr-defined]
        self.begin(task, born, pulled=False)
        stay = self.stays[task.task_arn]
        if stay.end is None:
            stay.end, stay.removed = moment, removed

    def of(self, cluster: str, service: str) -> list[Stay]:
        """Return one service's stays, oldest first."""
        return self._services.get((cluster, service), [])


def size_of(definition: Any, bought: str, *, public_ip: bool = False) -> Size:
    """Return what a task of that definition is billed by (facts/ecs 7.3: the task's own size)."""
    platform = definition.runtime_platform or {}
    storage = (definition.ephemeral_storage or {}).get("sizeInGiB", FREE_STORAGE)
    return Size(
        cpu=int(definition.cpu or 0),
        memory=int(definition.memory or 0),
        architecture=str(platform.get("cpuArchitecture", "X86_64")),
        system=str(platform.get("operatingSystemFamily", "LINUX")),
        storage=int(storage),
        bought=bought,
        public_ip=public_ip,
    )


def _stay(task: Any, moment: Moment, pulled: bool) -> Stay:
    definition = ecs().describe_task_definition(task.task_definition_arn)
    bought = "EC2" if task.launch_type == "EC2" else task.capacity_provider_name or "FARGATE"
    network = getattr(task, "network_configuration", None) or {}
    public = (network.get("awsvpcConfiguration") or {}).get("assignPublicIp") == "ENABLED"
    group = str(task.group)
    return Stay(
        id=task.task_arn,
        cluster=task.cluster_name,
        service=group.removeprefix("service:") if group.startswith("service:") else "",
        size=size_of(definition, bought, public_ip=public),
        begin=moment,
        tags={tag["key"]: tag["value"] for tag in task.tags},
        pulled=pulled,
    )
