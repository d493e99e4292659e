"""The step that tells somebody, in a direct message, that a person asks for a role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from handlers.ports.desk import Desk
from handlers.ports.store import AuditQuery, RecordedEntry
from handlers.tell import ask as told
from handlers.tell.steps import ask as tell
from handlers.words.codec import encode
from handlers.words.errors import Rejected, Throttled, Trouble, Unanswered
from handlers.words.plan import Step
from handlers.words.step import Acted, Begun, End, Left, Repeat, Verdict
from policies.access.granting import Granter
from policies.access.people import Role, SlackPerson, actor_name
from policies.record.lifecycle import State

DAY = timedelta(days=1)
COUNTS = frozenset({State.SUCCEEDED.value, State.INTERRUPTED.value})
"""Outcomes of an earlier request after which nothing new is sent: it was sent, or may have been."""


@dataclass(frozen=True)
class Asking:
    """A request for a role. ``asker``: a Slack id, as the catalog names a person. ``what``: the command that
    was refused.
    """

    name: str
    asker: str
    asker_name: str
    environment: str
    role: str
    what: str = ""


@dataclass(frozen=True)
class Asked:
    """What the request left. ``ts``: of the direct message."""

    ts: str = ""


def ask_step(whom: Granter, asker: SlackPerson, environment: str, wanted: tuple[Role, str]) -> Step:
    role, what = wanted
    asking = Asking(whom.name, asker.user, actor_name(asker), environment, role.word, what)
    return Step("ask", on=whom.user, arguments=encode(asking))


def asked_in_a_day(desk: Desk) -> Sequence[RecordedEntry]:
    """Return what this person asked for within a day, newest first."""
    query = AuditQuery(actor=desk.actor.id, operation="ask", since=desk.now - DAY)
    found = desk.audit.entries(query)
    return [each for each in found if each.entry.kind == "closed" and each.entry.outcome in COUNTS]


class Ask:
    """Sends the direct message. ``NEVER`` repeated: a second call would be a second message, and Slack offers
    no way to look for the first.
    """

    name = "ask"
    intent = Asking
    evidence = Asked
    repeat = Repeat.NEVER
    deadline = timedelta(minutes=2)
    first_look = timedelta(0)

    def before(self, place: Desk, on: str, intent: Asking) -> Asked:
        return Asked()

    def act(self, place: Desk, step: Begun[Asking, Asked]) -> Acted[Asked]:
        asking = step.intent
        if place.posts is None:
            raise Rejected(tell.NO_SLACK)
        if any(_same(each, asking) for each in asked_in_a_day(place)):
            raise Rejected(tell.ANOTHER)
        try:
            ts = place.posts.post(step.on, told.direct(asking.asker, asking.asker_name, *_wanted(asking)))
        except (Throttled, Unanswered):
            raise
        except Trouble as never:
            raise Rejected(tell.not_taken(asking.name, never.sentence), code=never.code) from None
        return Acted(Asked(ts))

    def look(self, place: Desk, step: Begun[Asking, Asked]) -> Verdict[Asked]:
        asking = step.intent
        said = tell.asked(asking.name, asking.role, asking.environment)
        return Verdict(End.DONE, said, left=Left(after={"asked": {"id": step.on, "name": asking.name}}))

    def recover(self, place: Desk, step: Begun[Asking, Asked]) -> Verdict[Asked]:
        return Verdict(End.UNKNOWN, tell.unknown(step.intent.name))


def _wanted(asking: Asking) -> tuple[str, str, str]:
    return asking.environment, asking.role, asking.what


def _same(found: RecordedEntry, asking: Asking) -> bool:
    given = found.entry.arguments
    return (given.get("environment"), given.get("role")) == (asking.environment, asking.role)


KINDS = (Ask(),)
