"""What a stop must remember and what a start restores: counts, bounds and flags, never those we made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from policies.capacity.databases import kept_status
from policies.capacity.facts import Capacity, SavedCapacity, ScalingFacts
from policies.capacity.groups import merged_groups


@dataclass(frozen=True)
class Count:
    """Of tasks to start a service with, and where it comes from."""

    tasks: int
    source: Literal["saved", "minimum", "one"]

    @property
    def words(self) -> str:
        match self.source:
            case "saved":
                return f"{self.tasks}, as saved"
            case "minimum":
                return f"{self.tasks}, the minimum of its autoscaling"
            case "one":
                return "1, because nothing else is known"


def merged(saved: SavedCapacity | None, seen: SavedCapacity) -> SavedCapacity:
    """What to keep, of what is kept already and what is seen now (facts/ecs 3.1, trap 8).

    A count seen at zero never replaces one; a count above zero seen now does, being what runs. Scaling that
    is our own suspension never replaces any. A service first seen at zero is kept at zero only where
    another shows that the environment is lit; else nobody can tell whether zero is our own doing, and a
    start has its fallback. ``stop_id`` and ``saved_at`` are those of the first.
    """
    kept = saved or SavedCapacity(stop_id=seen.stop_id, saved_at=seen.saved_at)
    lit = any(c.desired for c in (*kept.services.values(), *seen.services.values()))
    services = dict(kept.services)
    for name, now in seen.services.items():
        before = services.get(name)
        if before is not None:
            services[name] = _refreshed(before, now)
        elif now.desired or (lit and not _looks_stopped(now)):
            services[name] = now
    databases = dict(kept.databases)
    for database, status in seen.databases.items():
        databases[database] = kept_status(databases.get(database), status)
    groups = merged_groups(kept.groups, seen.groups)
    return replace(kept, services=services, databases=databases, groups=groups, groups_taken=frozenset())


def suspended_by_us(saved: ScalingFacts, seen: ScalingFacts) -> bool:
    """Is this our own suspension, and not what the service's owner wants?"""
    return seen.suspended.all and (not saved.suspended.all or seen.minimum == 0) and seen != saved


def must_suspend(seen: ScalingFacts) -> bool:
    """Could autoscaling still lift a service from zero? An alarm lifts to the minimum, a schedule of its
    owner's to any count (facts/ecs 3.2)."""
    return not (seen.suspended.all and seen.minimum == 0)


def starting_count(saved: SavedCapacity | None, service: str, scaling: ScalingFacts | None) -> Count:
    """How many tasks a service at zero is started with: what was saved, else the minimum of its scalable
    target, else one (facts/ecs 3.1). A saved count of 0 stays 0."""
    known = saved.services.get(service) if saved else None
    if known is not None:
        return Count(known.desired, "saved")
    if scaling is not None and scaling.minimum > 0:
        return Count(scaling.minimum, "minimum")
    return Count(1, "one")


def unfinished(saved: SavedCapacity, desired: Mapping[str, int]) -> tuple[str, ...]:
    """The services, of those that exist (``desired`` by name), whose saved count is not restored yet."""
    return tuple(
        name for name, capacity in saved.services.items() if capacity.desired and desired.get(name) == 0
    )


def _refreshed(before: Capacity, now: Capacity) -> Capacity:
    scaling = now.scaling
    if before.scaling is not None and (scaling is None or suspended_by_us(before.scaling, scaling)):
        scaling = before.scaling
    return Capacity(now.desired or before.desired, scaling)


def _looks_stopped(now: Capacity) -> bool:
    """A service at zero tasks under scaling that is wholly suspended with minimum 0 was left so by a stop
    of ours."""
    return not now.desired and now.scaling is not None and not must_suspend(now.scaling)


def asleep(desired: Mapping[str, int], saved: SavedCapacity | None) -> bool:
    """Whether an environment is stopped: nothing wanted of what its stop took away, or of anything at all."""
    taken = [name for name, was in saved.services.items() if was.desired] if saved else []
    counted = [desired[name] for name in taken if name in desired] or list(desired.values())
    return bool(counted) and not any(counted)
