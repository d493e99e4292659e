"""EC2 capacity that goes with environments: when an Auto Scaling group may go to zero, and what to remember.

Facts: facts/ecs 3.3.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from policies.access.naming import listed
from policies.capacity.facts import GroupFacts, SavedCapacity
from policies.service.environment import Environment
from policies.service.facts import ServiceFacts

SERVERLESS = frozenset({"FARGATE", "FARGATE_SPOT"})
"""Capacity providers with nothing behind them that could be resized."""


@dataclass(frozen=True)
class CapacityGroup:
    """The Auto Scaling group behind a capacity provider, and what is on it now.

    ``services``: those that want or run tasks on it, each with the environments that claim it. Daemons are
    not among them: they run as long as an instance does. ``alone``: one-off tasks on it, by id. ``ready``:
    instances that take tasks. ``unknown``: instances that are in none of this environment's clusters, so
    that nobody can tell what runs on them.
    """

    name: str
    sizes: GroupFacts
    ready: int = 0
    instances: int = 0
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alone: tuple[str, ...] = ()
    unknown: int = 0


def providers_of(services: Sequence[ServiceFacts]) -> tuple[str, ...]:
    """The capacity providers of these services that have instances behind them."""
    return tuple(sorted({p for facts in services for p in facts.providers} - SERVERLESS))


def down(
    group: str, neighbours: Collection[Environment], saved: Mapping[str, SavedCapacity]
) -> frozenset[str]:
    """The other environments that do not need the group: those that are stopped (have something ``saved``,
    by name) and have not taken it back. Production always may need it."""
    stopped = ((e.name, saved.get(e.name)) for e in neighbours if not e.production)
    return frozenset(name for name, was in stopped if was is not None and group not in was.groups_taken)


def kept_on(
    group: CapacityGroup,
    environment: str,
    others_down: Collection[str],
    *,
    seen: Collection[str],
    going: Collection[str] = (),
) -> str:
    """Why it may not go to zero, as a sentence; empty where every task on it belongs to environments that
    are stopped or to a service of this one that is ``going``. Services of environments that are not ``seen``
    are counted and not named."""
    gone = {environment, *others_down}
    users = [
        name
        for name, claims in group.services.items()
        if not (claims and gone.issuperset(claims)) or (environment in claims and name not in going)
    ]
    if users:
        known = [name for name in users if {environment, *seen}.issuperset(group.services[name])]
        others = ("a service of another environment", "services of other environments")
        why = f"{listed(users, known, *others)} {'uses' if len(users) == 1 else 'use'} it"
    elif group.alone:
        why = f"the one-off task `{group.alone[0][:8]}` runs on it"
    elif group.unknown:
        why = f"{group.unknown} of its instances are in no cluster of this environment"
    else:
        return ""
    return f"Auto Scaling group `{group.name}` stays on: {why}."


def shrunk(sizes: GroupFacts) -> GroupFacts:
    """The maximum stays, as the owner has it."""
    return GroupFacts(0, sizes.maximum, 0)


def at_zero(sizes: GroupFacts) -> bool:
    return not sizes.minimum and not sizes.desired


def merged_groups(kept: Mapping[str, GroupFacts], seen: Mapping[str, GroupFacts]) -> Mapping[str, GroupFacts]:
    """What to remember: a size seen at zero never replaces another and is never kept (facts/ecs trap 8)."""
    return {**kept, **{name: sizes for name, sizes in seen.items() if not at_zero(sizes)}}
