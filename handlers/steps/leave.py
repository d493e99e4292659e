"""The step that settles the next try of a transition, so that the transition is not made again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers.ports.scope import Scope
from handlers.steps.safe import Safe
from handlers.tell.steps import leave as tell
from handlers.words.codec import decode, encode
from handlers.words.plan import Step
from handlers.words.step import Acted, Begun, End, Nothing, Verdict
from policies.access.people import actor_name
from policies.schedule.claims import Claim

RECENT = timedelta(days=2)
"""How far back the transition is looked for; it is tried again for a day."""


@dataclass(frozen=True)
class Leaving:
    """What to leave. ``tried``: the operation that is not to be made again."""

    tried: str


def leave_step(place: Scope, tried: str) -> Step | None:
    """Return the step that leaves the given try. ``tried``: the operation of that try, or empty for the last
    try. ``None`` if there is none that the clock would make again.
    """
    found = _last(place, tried)
    if found is None or not place.mendable(found.operation_id):
        return None
    return Step("leave", arguments=encode(Leaving(found.operation_id)))


def left_by(step: Step) -> str:
    """Return the operation that is not to be made again."""
    return decode(Leaving, step.arguments).tried


def _last(place: Scope, tried: str) -> Claim | None:
    """Return the claim of that try (or of the last try, if none is named), unless there is a newer try or the
    next one is settled.
    """
    claims = place.book.claims.since(place.now - RECENT).get(place.environment.name, ())
    opened = [c for c in claims if c.state == "opened" and c.operation_id and not c.key.is_drift]
    last = max(opened, key=lambda c: (c.at, c.key.tries), default=None)
    if last is None or tried not in ("", last.operation_id):
        return None
    settled = any(c.key == last.key.again() and c.state != "postponed" for c in claims)
    return None if settled else last


class Leave(Safe[Leaving, Nothing]):
    """Settles the next try. ``SAFE``: a claim that is settled stays so."""

    name = "leave"
    intent = Leaving
    evidence = Nothing

    def act(self, place: Scope, step: Begun[Leaving, Nothing]) -> Acted[Nothing]:
        last = _last(place, step.intent.tried)
        if last is not None:
            why = tell.why(actor_name(place.actor))
            place.book.claims.record(
                [Claim(last.key.again(), last.instant, "skipped", place.now, reason=why)]
            )
        return Acted()

    def look(self, place: Scope, step: Begun[Leaving, Nothing]) -> Verdict[Nothing]:
        return Verdict(End.DONE, tell.left(place.environment.name))


KINDS = (Leave(),)
