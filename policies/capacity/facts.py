"""What a stop takes away and a start restores: counts, autoscaling bounds, databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Suspended:
    """The three flags of a scalable target (facts/ecs 3.2)."""

    scaling_in: bool = False
    scaling_out: bool = False
    scheduled: bool = False

    @property
    def all(self) -> bool:
        return self.scaling_in and self.scaling_out and self.scheduled


@dataclass(frozen=True)
class ScalingFacts:
    """A service's scalable target as Application Auto Scaling has it. Counts are tasks."""

    minimum: int
    maximum: int
    suspended: Suspended = Suspended()


@dataclass(frozen=True)
class Capacity:
    """One service, as it was before a stop touched it. ``scaling`` is ``None`` if it has no target."""

    desired: int
    scaling: ScalingFacts | None = None


@dataclass(frozen=True)
class DatabaseFacts:
    """A database as RDS shows it now (facts/ecs 3.4).

    ``status`` is RDS's own word (``available``, ``stopping``, ``stopped``, ``starting``, …).
    ``cannot_stop`` says why RDS would refuse to stop it, whenever asked; empty: it would not.
    ``member_of``: the cluster, as the catalog would name it, that it stops and starts with.
    ``restarts_at`` is ``AutomaticRestartTime``: when AWS itself starts a stopped one, after seven days.
    """

    id: str
    status: str
    engine: str = ""
    cannot_stop: str = ""
    restarts_at: datetime | None = None
    member_of: str = ""


@dataclass(frozen=True)
class GroupFacts:
    """The sizes of an Auto Scaling group, in instances (facts/ecs 3.3)."""

    minimum: int
    maximum: int
    desired: int


@dataclass(frozen=True)
class SavedCapacity:
    """What the store keeps of an environment while it is stopped: written before the first call of a stop,
    never replaced by what is seen while it is down, cleared once all of it is restored.

    ``databases``: id to the status it had. ``groups``: name of an Auto Scaling group to the sizes it had;
    ``groups_taken``: those that a start uses again, so that nobody else's stop shrinks them under it.
    ``stop_id``: the operation that saved it first.
    """

    services: Mapping[str, Capacity] = field(default_factory=dict)
    databases: Mapping[str, str] = field(default_factory=dict)
    stop_id: str = ""
    saved_at: datetime | None = None
    groups: Mapping[str, GroupFacts] = field(default_factory=dict)
    groups_taken: frozenset[str] = frozenset()
