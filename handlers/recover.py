"""`lamplighter recover FILE`: put back what stops saved, from the log, if the database is lost."""

from __future__ import annotations

from handlers.ports.desk import Desk
from handlers.steps.put_saved import put_step
from handlers.tell import recover as tell
from handlers.words.arguments import Hidden
from handlers.words.operation import Reach, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Unchanged
from policies.access.people import Role
from policies.capacity.saved_values import SavedLog


@operation(
    "recover",
    role=Role.ADMIN,
    reach=Reach.INSTALLATION,
    changes=True,
    verb=Verb("being put back", "was put back", "was not put back", whole=True, subject="What was saved"),
    confirm=True,
    console=True,
    conflicts="capacity",
)
def recover(desk: Desk, content: Hidden[SavedLog], file: Hidden[str] = "") -> Plan | Unchanged:
    """Put back what stops saved, from the log.

    ``file``: the log's name, for the record.
    """
    found = dict(sorted(content.items()))
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
