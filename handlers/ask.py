"""The button **Ask** on a refusal for lack of a grant: sends a message to somebody who can give the grant."""

from __future__ import annotations

from handlers.ports.desk import Desk
from handlers.ports.store import RecordedEntry
from handlers.steps.ask import DAY, ask_step, asked_in_a_day
from handlers.tell import ask as tell
from handlers.words.arguments import Hidden
from handlers.words.operation import Purpose, Reach, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Answer, Refusal, Unchanged
from policies.access.granting import DAILY, Granter
from policies.access.grants import standing
from policies.access.people import Role, SlackPerson
from policies.schedule.standing import zone_of
from policies.service.environment import Environment


@operation(
    "ask",
    purpose=Purpose.MORE,
    role=Role.VIEWER,
    reach=Reach.VIEWABLE,
    changes=True,
    verb=Verb("being sent", "is sent", "was not sent", whole=True, subject="The request for a grant"),
    conflicts="ask",
    anyone=True,
)
def ask(
    desk: Desk, environment: Hidden[str] = "", role: Hidden[str] = "", what: Hidden[str] = ""
) -> Plan | Answer | Refusal | Unchanged:
    """Who can give you more, and where; a refusal has a button that asks them.

    ``environment``, ``role``, ``what``: from the button. The button appears only on a refusal whose reader
    was told what it is about, so it never names an environment to somebody who may not view it.
    """
    wanted = next((each for each in Role if each.word == role), None)
    if not environment or wanted is None:
        return _who_can(desk)
    place = desk.state.environment(environment)
    if place is None:
        return tell.removed(environment)
    has = standing(place, desk.mine)
    if has is not None and has.role >= wanted:
        return tell.has_it(environment, has.role)
    whom = next((each for each in desk.granters(place) if each.user), None)
    if whom is None or desk.posts is None or not isinstance(desk.actor, SlackPerson):
        return tell.nobody(environment)
    return _asked_before(desk, place, wanted) or _plan(whom, desk.actor, place, (wanted, what))


def _plan(whom: Granter, asker: SlackPerson, place: Environment, wanted: tuple[Role, str]) -> Plan:
    return Plan(doing="asking for a grant on", steps=(ask_step(whom, asker, place.name, wanted),))


def _asked_before(desk: Desk, place: Environment, wanted: Role) -> Refusal | Unchanged | None:
    """Refuse to send the same request twice within a day, or more than ``DAILY`` requests in one day."""
    before = asked_in_a_day(desk)
    same = [e for e in before if _of(e) == (place.name, wanted.word)]
    if same:
        again = same[0].entry.at + DAY
        return tell.asked_already(
            place.name, wanted, same[0].entry, again, at=(zone_of(place, None), desk.now)
        )
    return tell.too_many(DAILY) if len(before) >= DAILY else None


def _of(found: RecordedEntry) -> tuple[str, str]:
    given = found.entry.arguments
    return str(given.get("environment", "")), str(given.get("role", ""))


def _who_can(desk: Desk) -> Answer:
    seen = [(e, found.role) for e in desk.environments if (found := standing(e, desk.mine))]
    rows = [(e.name, role.word, [g.name for g in desk.granters(e)]) for e, role in seen if role < Role.ADMIN]
    return tell.who_can(rows, all_of_it=bool(seen))
