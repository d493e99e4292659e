"""Composes the replies of ``recover``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC

from handlers.words.message import Text, blocks
from handlers.words.result import Unchanged
from policies.capacity.facts import Capacity, GroupFacts, SavedCapacity


def nothing_lost(left: Sequence[str]) -> Unchanged:
    return Unchanged("There is nothing to put back.", blocks(Text(tuple(left))))


def left(absent: Sequence[str], stored: Sequence[str]) -> tuple[str, ...]:
    """Say for which environments nothing is put back, and why."""
    return (
        *(f"  {name}: left out, the catalog has no such environment" for name in absent),
        *(f"  {name}: has something saved, which is kept" for name in stored),
    )


def lines(lost: Mapping[str, SavedCapacity]) -> tuple[str, ...]:
    return tuple(f"+ {name}: {told(saved)}" for name, saved in lost.items())


def told(saved: SavedCapacity) -> str:
    """Say what was saved: *orders-api 2, web 3 (2 to 6); database orders-db available; saved 2031-05-03 19:04
    UTC by op-1*.
    """
    services = ", ".join(f"{name} {_count(saved.services[name])}" for name in sorted(saved.services))
    databases = [f"database {name} {saved.databases[name]}" for name in sorted(saved.databases)]
    groups = [f"group {name} {_size(saved.groups[name])}" for name in sorted(saved.groups)]
    at = f"saved {saved.saved_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if saved.saved_at else "saved"
    return "; ".join([services or "no service", *databases, *groups, f"{at} by {saved.stop_id or 'a stop'}"])


def _count(capacity: Capacity) -> str:
    scaling = capacity.scaling
    bounds = f" ({scaling.minimum} to {scaling.maximum})" if scaling else ""
    return f"{capacity.desired}{bounds}"


def _size(group: GroupFacts) -> str:
    return f"{group.desired} ({group.minimum} to {group.maximum})"
