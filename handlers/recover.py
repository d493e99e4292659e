"""`lamplighter recover FILE`: put back what stops saved, from the log, should the database be lost."""

from __future__ import annotations

from datetime import UTC

from handlers.ports.desk import Desk
from handlers.steps.put_saved import from_json, put_step
from handlers.tell import apply as tell
from handlers.words.operation import Argument, Reach, operation
from handlers.words.plan import Plan
from handlers.words.result import Unchanged
from policies.capacity import Capacity, GroupFacts, SavedCapacity
from policies.people import Role


@operation(
    "recover",
    role=Role.ADMIN,
    reach=Reach.INSTALLATION,
    changes=True,
    confirm=True,
    console=True,
    conflicts="capacity",
    arguments=(
        Argument("content", "what was saved", hidden=True),
        Argument("file", "the log's name", hidden=True),
    ),
)
def recover(desk: Desk, content: str, file: str = "") -> Plan | Unchanged:
    """Put back what stops saved, from the log."""
    found = dict(sorted(from_json(content).items()))
    stored = desk.book.capacities.stopped()
    absent = [name for name in found if desk.state.environment(name) is None]
    lost = {name: saved for name, saved in found.items() if name not in stored and name not in absent}
    left = (
        *(f"  {name}: left out, the catalog has no such environment" for name in absent),
        *(f"  {name}: has something saved, which is kept" for name in found if name in stored),
    )
    if not lost:
        return tell.nothing_lost(left)
    return Plan(
        doing="putting back what was saved in",
        steps=tuple(put_step(name, saved) for name, saved in lost.items()),
        notes=(*(f"+ {name}: {told(saved)}" for name, saved in lost.items()), *left),
    )


def told(saved: SavedCapacity) -> str:
    """*orders-api 2, web 3 (2 to 6); database orders-db available; saved 2031-05-03 19:04 UTC by op-1*."""
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
