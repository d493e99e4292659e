"""`lamplighter recover FILE`: put back what stops saved, from the log, should the database be lost."""

from __future__ import annotations

from handlers.ports.desk import Desk
from handlers.steps.put_saved import from_json, put_step
from handlers.tell import recover as tell
from handlers.words.operation import Argument, Reach, operation
from handlers.words.plan import Plan
from handlers.words.result import Unchanged
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
    left = tell.left(absent, [name for name in found if name in stored])
    if not lost:
        return tell.nothing_lost(left)
    return Plan(
        doing="putting back what was saved in",
        steps=tuple(put_step(name, saved) for name, saved in lost.items()),
        notes=(*tell.lines(lost), *left),
    )
