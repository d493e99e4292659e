"""Sentences about an environment that are told once and not at every stop; they are kept among its claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handlers.ports.scope import Scope
from handlers.steps.safe import Safe
from handlers.words.codec import encode
from handlers.words.plan import Step
from handlers.words.step import Acted, Begun, End, Left, Nothing, Verdict
from policies.schedule.claims import Claim, saying_key

FOR_GOOD = datetime(9000, 1, 1, tzinfo=UTC)
"""The instant of such a claim. It is no edge of a schedule, and it is found without reading the edges."""


def said_before(place: Scope) -> frozenset[str]:
    """Return the sentences that an earlier operation on this environment told."""
    claims = place.book.claims.since(FOR_GOOD).get(place.environment.name, ())
    return frozenset(c.reason for c in claims if c.key.is_saying)


@dataclass(frozen=True)
class Saying:
    """``said``: the sentences to tell."""

    said: tuple[str, ...] = ()


def say_step(sentences: Sequence[str], *, after: tuple[int, ...] = ()) -> Step:
    return Step("say once", arguments=encode(Saying(tuple(sentences))), after=after)


class SayOnce(Safe[Saying, Nothing]):
    """Tells sentences once. ``SAFE``: a claim that is there stays as it is."""

    name = "say once"
    intent = Saying
    evidence = Nothing
    deadline = timedelta(minutes=10)
    aloud = True

    def act(self, place: Scope, step: Begun[Saying, Nothing]) -> Acted[Nothing]:
        place.book.claims.record([_claim(place, sentence) for sentence in step.intent.said])
        return Acted()

    def look(self, place: Scope, step: Begun[Saying, Nothing]) -> Verdict[Nothing]:
        return Verdict(End.DONE, " ".join(step.intent.said), left=Left(tell=True))


def _claim(place: Scope, sentence: str) -> Claim:
    key = saying_key(place.environment.name, FOR_GOOD.date(), sentence)
    return Claim(key, FOR_GOOD, "observed", place.now, reason=sentence)


KINDS = (SayOnce(),)
