"""The words for how a service is, and what a judgement about it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Health(StrEnum):
    """How a deployment or a service is. Zero tasks is stopped, unknown is unknown; neither is healthy."""

    HEALTHY = "healthy"
    """As many tasks as wanted run, and everything that measures them says healthy."""
    UNMEASURED = "running"
    """As many tasks as wanted run; nothing was seen that measures their health (facts/ecs 2.4)."""
    STOPPED = "stopped"
    """No tasks are wanted."""
    DRAINING = "draining"
    """The new tasks are good; the old ones are not gone yet, or one more look has to confirm it."""
    IN_PROGRESS = "in progress"
    """A deployment goes on and its new tasks are not all good yet."""
    SUPERSEDED = "superseded"
    """Somebody else's deployment took the place of ours."""
    UNKNOWN = "unknown"
    """AWS does not say enough to tell."""
    TIMED_OUT = "timed out"
    """Not settled by the deadline; it may still settle, or never."""
    UNHEALTHY = "unhealthy"
    """No deployment goes on, and tasks are missing or measured unhealthy. Only of a service as it stands."""
    ROLLED_BACK = "rolled back"
    """ECS gave the deployment up and went back, or is going back, to the revision before."""
    FAILED = "failed"
    """ECS gave the deployment up."""


_GRAVITY = {health: rank for rank, health in enumerate(Health)} | {Health.UNMEASURED: 0}


@dataclass(frozen=True)
class Tracked:
    """A deployment that we started, by its id, and what earlier looks at it found.

    ``deployment`` and ``service_deployment`` come from the answer to UpdateService; either may be empty if
    ECS did not say, not both. ``previous_revision`` is what ran before, where known. ``paused_for`` is the
    time, so far, between looks of which the later said ``held``: it does not count against ``deadline``.
    """

    deployment: str
    service_deployment: str
    began: datetime
    deadline: timedelta
    healthy_since: datetime | None = None
    """``healthy_at`` of the last judgement."""
    settled_polls: int = 0
    """``settled_polls`` of the last judgement."""
    paused_for: timedelta = timedelta(0)
    previous_revision: str = ""


@dataclass(frozen=True)
class Judgement:
    """What the facts say. ``sentence`` is plain text, redacted; it names no cause that AWS did not give."""

    health: Health
    sentence: str
    done: bool = False
    """Nothing further will be learnt by looking again."""
    measured: bool = True
    """False: tasks run, but nothing that measures health was seen."""
    healthy_at: datetime | None = None
    """When all new tasks were first seen healthy, without a break since."""
    settled_polls: int = 0
    """Looks in a row, this one included, in which all that is asked for held; done at the second."""
    because: str | None = None
    """Of one that did not end well, why, without the word for how: empty where nobody says why; ``None``
    where the sentence itself says it."""
    held: bool = False
    """Paused or baking: time that does not count against the deadline."""

    @property
    def gravity(self) -> int:
        """0 is well; higher is worse. ``status`` shows the gravest first."""
        return _GRAVITY[self.health]
