"""Facts about one ECS service, as values: what the judgements of health and change rest on.

Names follow ECS's own. Instants are aware. ``None`` means AWS did not say, which is never the same as zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Deployment:
    """One entry of ``services[].deployments`` (facts/ecs 2.4)."""

    id: str
    status: str
    """PRIMARY, ACTIVE (being replaced) or INACTIVE."""
    revision: str
    """ARN of the task definition revision."""
    desired: int
    running: int
    pending: int
    failed_tasks: int
    created_at: datetime
    rollout: str | None = None
    """IN_PROGRESS, COMPLETED, FAILED; absent for deployments that are not rolling (facts/ecs 2.4)."""
    rollout_reason: str = ""


@dataclass(frozen=True)
class ServiceDeployment:
    """A service deployment: the record ECS keeps of one rollout (facts/ecs 2.1, 2.3)."""

    arn: str
    status: str
    """PENDING, IN_PROGRESS, SUCCESSFUL, STOPPED, STOP_REQUESTED, ROLLBACK_REQUESTED, ROLLBACK_IN_PROGRESS,
    ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED."""
    created_at: datetime
    reason: str = ""
    stage: str = ""
    """Lifecycle stage of a native blue/green, linear or canary deployment; empty for a rolling one."""
    paused: bool = False
    """Held by a PAUSE hook until somebody continues it."""
    hook: str = ""
    """Id of that hook; empty where none holds it."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """Container name to the image digest of the revision it deploys."""


@dataclass(frozen=True)
class Container:
    """One container of a task."""

    name: str
    image: str = ""
    digest: str = ""
    exit_code: int | None = None
    reason: str = ""
    health: str = "UNKNOWN"


@dataclass(frozen=True)
class Task:
    """One task. ``deployment`` is what started it (``startedBy``: the deployment's id, for service tasks)."""

    id: str
    deployment: str
    revision: str
    last_status: str
    created_at: datetime | None = None
    health: str = "UNKNOWN"
    """HEALTHY, UNHEALTHY or UNKNOWN; UNKNOWN is neither (facts/ecs 2.4)."""
    ip: str = ""
    stop_code: str = ""
    stopped_reason: str = ""
    stopped_at: datetime | None = None
    protected: bool = False
    """From scale-in and deployments (facts/ecs 3.1). Read only where it is asked for, else ``False``."""
    protected_until: datetime | None = None
    containers: tuple[Container, ...] = ()

    @property
    def running(self) -> bool:
        return self.last_status == "RUNNING"


@dataclass(frozen=True)
class Target:
    """One registered target of a target group."""

    group: str
    ip: str
    state: str
    """initial, healthy, unhealthy, unhealthy.draining, unused, draining, unavailable (facts/ecs 2.4)."""
    reason: str = ""


@dataclass(frozen=True)
class Event:
    """One service event; ECS keeps the last 100, newest first."""

    at: datetime
    text: str


@dataclass(frozen=True)
class ContainerImage:
    """What a task definition names for one container, and where its logs go."""

    container: str
    image: str
    """As written: ``repository:tag`` or ``repository@sha256:…``."""
    essential: bool = True
    log_group: str = ""
    log_prefix: str = ""
    health_check: bool = False
    """The task definition gives it a health check; without one its health stays UNKNOWN (facts/ecs 2.4)."""

    @property
    def pinned(self) -> bool:
        return "@sha256:" in self.image

    @property
    def tag(self) -> str:
        """The tag, ``latest`` where none is written, empty for a pinned digest."""
        if self.pinned:
            return ""
        last = self.image.rsplit("/", 1)[-1]
        return last.split(":", 1)[1] if ":" in last else "latest"


@dataclass(frozen=True)
class ServiceFacts:
    """Everything a judgement about one service needs, read at ``at``."""

    name: str
    cluster: str
    arn: str
    at: datetime
    status: str
    """ACTIVE, DRAINING or INACTIVE."""
    desired: int
    running: int
    pending: int
    revision: str
    deployments: tuple[Deployment, ...] = ()
    controller: str = "ECS"
    """ECS, CODE_DEPLOY or EXTERNAL."""
    strategy: str = "ROLLING"
    """ROLLING, BLUE_GREEN, LINEAR or CANARY, all of controller ECS."""
    scheduling: str = "REPLICA"
    """REPLICA or DAEMON."""
    express: bool = False
    breaker: bool = False
    target_groups: tuple[str, ...] = ()
    current_deployment: str = ""
    """ARN of ``currentServiceDeployment`` where ECS gives one."""
    providers: tuple[str, ...] = ()
    """Names of the capacity providers of its strategy; empty for a launch type."""
    events: tuple[Event, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    images: tuple[ContainerImage, ...] = ()
    """Of the running revision; empty when only the summary was asked for."""
    tasks: tuple[Task, ...] = ()
    """RUNNING and lately STOPPED tasks; empty when only the summary was asked for."""
    targets: tuple[Target, ...] = ()
    service_deployment: ServiceDeployment | None = None
    """The service deployment that was asked about, or the current one."""

    @property
    def primary(self) -> Deployment | None:
        return next((d for d in self.deployments if d.status == "PRIMARY"), None)

    @property
    def digests(self) -> Mapping[str, str]:
        """Container name to the digest that runs now: the revision's own record, else that of its tasks."""
        if self.service_deployment and self.service_deployment.digests:
            return self.service_deployment.digests
        ours = self.primary.id if self.primary else ""
        return {
            c.name: c.digest for t in self.tasks if t.deployment == ours for c in t.containers if c.digest
        }
