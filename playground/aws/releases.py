"""What a service releases: revisions, deployments and releases.

A *release* is what ECS calls a service deployment (``service-deployment/...``); a *deployment* is the older
``ecs-svc/...`` entry in ``services[].deployments``. With rolling deployments, a rolled-back release owns two
deployments.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from playground.aws.behaviour import HEALTHY, Behaviour

NATIVE = ("BLUE_GREEN", "LINEAR", "CANARY")
"""The strategies that walk life-cycle stages (facts/ecs 2.1)."""


def nineteen_digits() -> str:
    """Return the number that ECS puts in deployment, service deployment and revision ids."""
    return str(random.randint(10**18, 10**19 - 1))


@dataclass
class Revision:
    """A service revision; tags are resolved to digests once, and the result is kept (facts/ecs 2.2)."""

    arn: str
    task_definition: str
    images: list[dict[str, str]]
    created_at: datetime
    behave: Behaviour = HEALTHY
    network: dict[str, Any] | None = None
    load_balancers: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Hook:
    """A PAUSE hook at which a release waits for ``ContinueServiceDeployment`` or the hook's time-out."""

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
    """One ``ecs-svc/...`` entry; ``failed`` counts consecutive failures (facts/ecs 2.4)."""

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
