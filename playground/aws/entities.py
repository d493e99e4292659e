"""What the world knows about a service beyond moto: its releases, its tasks, its scaling."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.ecs.models import Service

from playground.aws.behaviour import HEALTHY, Behaviour
from playground.aws.buying import next_provider
from playground.aws.releases import Deployment, Release
from playground.aws.tasks import SimTask

MOST_EVENTS = 100
"""ECS shows the last 100 events, newest first (facts/ecs 2.5)."""


@dataclass(frozen=True)
class Suspended:
    """The three suspension flags, named by what each suspends."""

    scaling_in: bool = False
    scaling_out: bool = False
    scheduled: bool = False


@dataclass(frozen=True)
class ScalableTarget:
    """The bounds of a service, in tasks: ``minimum <= maximum``."""

    minimum: int
    maximum: int
    created_at: datetime
    suspended: Suspended = Suspended()


@dataclass
class SimService:
    """A service of the world; ``row`` is moto's object, which carries name, tags and the shown values.

    ``drain_seconds`` is how long its targets drain before a task stops, set per service here; on AWS it is
    300 s unless lowered (facts/ecs 2.4). ``provider`` is its capacity provider; it is empty on Fargate, where
    each task gets its own provider. ``idle_since`` is the instant after which nobody sends requests, which
    only its metrics show. ``rests_until`` is in seconds the world has lived; until then, nothing happens to a
    service in which nothing moves.
    """

    row: Service
    configuration: dict[str, Any]
    created_at: datetime
    behave: Behaviour = HEALTHY
    drain_seconds: float = 3.0
    deployments: list[Deployment] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    tasks: dict[str, SimTask] = field(default_factory=dict)
    good: Deployment | None = None
    steady: bool = False
    rests_until: float = float("-inf")
    calls: dict[str, int] = field(default_factory=lambda: {"UpdateService": 0, "StopTask": 0})
    network: dict[str, Any] | None = None
    scaling: ScalableTarget | None = None
    idle_since: datetime | None = None
    provider: str = ""
    needs: tuple[str, ...] = ()
    """Variables without which its tasks exit with 1, in deployments from now on."""
    predictive: dict[str, str] = field(default_factory=dict)
    """The service's predictive scaling policies: mode by name. moto has none."""
    activities: list[dict[str, Any]] = field(default_factory=list)
    """What autoscaling did, newest first; AWS keeps six weeks of that."""
    scaling_calls: dict[str, int] = field(
        default_factory=lambda: {"RegisterScalableTarget": 0, "DeregisterScalableTarget": 0}
    )

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def wanted(self) -> int:
        """Return the desired count; 0 for a draining or inactive service."""
        return int(self.row.desired_count) if self.row.status == "ACTIVE" else 0

    @property
    def primary(self) -> Deployment:
        return self.deployments[0]

    @property
    def strategy(self) -> str:
        return str(self.configuration.get("strategy", "ROLLING"))

    @property
    def release(self) -> Release:
        """Return the current service deployment."""
        return self.releases[0]

    def next_provider(self) -> str:
        """Return the capacity provider of the next task; empty for the launch type FARGATE."""
        row: Any = self.row
        strategy = getattr(row, "capacity_provider_strategy", None) or []
        live = [task for task in self.tasks.values() if task.desired_status == "RUNNING"]
        return next_provider(strategy, Counter(str(task.capacity_provider_name) for task in live))

    def tasks_of(self, deployment: Deployment) -> list[SimTask]:
        return [task for task in self.tasks.values() if task.started_by == deployment.id]

    def live(self, deployment: Deployment) -> list[SimTask]:
        """Return the deployment's tasks that are meant to run."""
        return [task for task in self.tasks_of(deployment) if task.desired_status == "RUNNING"]

    def say(self, message: str, at: datetime) -> None:
        """Add a service event, newest first."""
        event = {"id": f"{random.getrandbits(128):032x}", "createdAt": at, "message": message}
        self.events.insert(0, event)
        del self.events[MOST_EVENTS:]
