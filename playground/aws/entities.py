"""What the world knows of a service beyond moto: revisions, deployments, releases.

A *release* is what ECS calls a service deployment (``service-deployment/...``); a *deployment* is the older
``ecs-svc/...`` entry in ``services[].deployments``. A rolled-back release owns two deployments.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moto.ecs.models import Service

from playground.aws.behaviour import HEALTHY, Behaviour

if TYPE_CHECKING:
    from playground.aws.scaling import ScalableTarget
    from playground.aws.tasks import SimTask

NATIVE = ("BLUE_GREEN", "LINEAR", "CANARY")
"""Strategies that walk life-cycle stages (ecs-facts 2.1)."""
MOST_EVENTS = 100
"""ecs-facts 2.5: newest first, last 100."""


def nineteen_digits() -> str:
    """The number ECS puts in deployment, service deployment and revision ids."""
    return str(random.randint(10**18, 10**19 - 1))


@dataclass
class Revision:
    """A service revision: its tag-to-digest resolution is made once and kept (ecs-facts 2.2)."""

    arn: str
    task_definition: str
    images: list[dict[str, str]]
    created_at: datetime
    behave: Behaviour = HEALTHY
    network: dict[str, Any] | None = None
    load_balancers: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Hook:
    """A PAUSE hook that a release stands at, until ``ContinueServiceDeployment`` or its time-out."""

    id: str
    stage: str
    status: str
    expires_at: datetime
    due: float
    action: str


@dataclass
class Release:
    """A service deployment; ``status`` is one of ServiceDeploymentStatus."""

    arn: str
    target: Revision
    source: list[Revision]
    created_at: datetime
    configuration: dict[str, Any]
    status: str = "IN_PROGRESS"
    reason: str = ""
    updated_at: datetime | None = None
    finished_at: datetime | None = None
    stopped_at: datetime | None = None
    stage: str | None = None
    stage_due: float = 0.0
    passed: set[str] = field(default_factory=set)
    hook: Hook | None = None
    weight: float = 0.0
    tripped: bool = False
    rollback: dict[str, Any] | None = None

    @property
    def ended(self) -> bool:
        return self.status in ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")

    def close(self, status: str, reason: str, at: datetime) -> None:
        self.status, self.reason = status, reason
        self.updated_at = self.finished_at = at
        if status == "STOPPED":
            self.stopped_at = at


@dataclass
class Deployment:
    """One ``ecs-svc/...``; ``failed`` counts consecutive failures (ecs-facts 2.4)."""

    id: str
    revision: Revision
    release: Release
    created_at: datetime
    updated_at: datetime
    target_groups: list[dict[str, Any]] = field(default_factory=list)
    status: str = "PRIMARY"
    state: str = "IN_PROGRESS"
    reason: str = ""
    failed: int = 0
    failures: int = 0
    desired: int = 0
    launch_after: float = float("-inf")
    impaired: bool = False

    def moved(self, state: str, reason: str, at: datetime) -> None:
        self.state, self.reason, self.updated_at = state, reason, at


@dataclass
class SimService:
    """A service of the world; ``row`` is moto's object, which carries name, tags and the shown values.

    ``drain_seconds`` is how long its targets drain before a task stops. On AWS it is 300 s unless lowered
    (ecs-facts 2.4); a setting of each service here. ``provider`` is its capacity provider, empty on Fargate.
    ``rests_until``: in seconds the world has lived; until then nothing happens by itself if nothing moves.
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
    provider: str = ""
    scaling_calls: dict[str, int] = field(
        default_factory=lambda: {"RegisterScalableTarget": 0, "DeregisterScalableTarget": 0}
    )

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def wanted(self) -> int:
        """Desired count; a draining or inactive service wants none."""
        return int(self.row.desired_count) if self.row.status == "ACTIVE" else 0

    @property
    def primary(self) -> Deployment:
        return self.deployments[0]

    @property
    def launch_type(self) -> str:
        return "EC2" if self.provider else "FARGATE"

    @property
    def strategy(self) -> str:
        return str(self.configuration.get("strategy", "ROLLING"))

    @property
    def release(self) -> Release:
        """The current service deployment."""
        return self.releases[0]

    def tasks_of(self, deployment: Deployment) -> list[SimTask]:
        return [task for task in self.tasks.values() if task.started_by == deployment.id]

    def live(self, deployment: Deployment) -> list[SimTask]:
        """Tasks of it that are meant to run."""
        return [task for task in self.tasks_of(deployment) if task.desired_status == "RUNNING"]

    def say(self, message: str, at: datetime) -> None:
        """Add a service event, newest first."""
        event = {"id": f"{random.getrandbits(128):032x}", "createdAt": at, "message": message}
        self.events.insert(0, event)
        del self.events[MOST_EVENTS:]
