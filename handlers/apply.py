"""`lamplighter apply FILE`: make the catalog what a file says. The changes are always shown first, and
recorded.
"""

from __future__ import annotations

from handlers.ports.desk import Desk
from handlers.steps.write_catalog import stored, write_catalog_step
from handlers.tell import apply as tell
from handlers.words.arguments import Hidden
from handlers.words.operation import Reach, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Refusal, Unchanged
from policies.access.decision import Allowed
from policies.access.grants import console
from policies.access.people import ConsoleUser, Role
from policies.catalog import schedules
from policies.catalog.difference import difference
from policies.catalog.mistakes import mistakes
from policies.catalog.values import Wanted


@operation(
    "apply",
    role=Role.ADMIN,
    reach=Reach.INSTALLATION,
    changes=True,
    verb=Verb("being applied", "was applied", "was not applied", subject="The catalog"),
    confirm=True,
    console=True,
    conflicts="catalog",
)
def apply(desk: Desk, content: Hidden[Wanted], file: Hidden[str] = "") -> Plan | Refusal | Unchanged:
    """Make the catalog what a file says.

    ``file``: the file's name, for the record.
    """
    state = desk.state
    current = stored(state)
    unfit = schedules.unfit(content.schedules, current.schedules, desk.now)
    wrong = (*mistakes(content, current), *tell.unfit(unfit.refused))
    if wrong:
        return tell.refused_whole(wrong)
    changes = difference(current, content)
    kept = (*tell.kept(changes), *tell.standing(unfit.told), *tell.warnings(content, current, desk.now))
    if not changes.lines:
        return tell.nothing_to_apply(kept)
    return Plan(
        doing="applying the catalog to",
        steps=(write_catalog_step(content),),
        notes=(*tell.shown(changes), *tell.ops(changes), *_next(content, desk), *kept),
    )


def _next(wanted: Wanted, desk: Desk) -> tuple[str, ...]:
    """Warn if the next apply will be refused: only the first apply needs no grant."""
    user = desk.actor
    if not isinstance(user, ConsoleUser) or isinstance(console(user, wanted.grants, now=desk.now), Allowed):
        return ()
    return tell.next_refused(user.name)
