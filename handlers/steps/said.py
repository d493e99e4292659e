"""What is said of an environment once and not at every stop, and where that is kept: among its claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from handlers.ports.scope import Scope
from handlers.steps.safe import Safe
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import Done, StepRecord, Verdict
from policies.claims import Claim, saying_key

FOR_GOOD = datetime(9000, 1, 1, tzinfo=UTC)
"""The instant of such a claim. It is no edge of a schedule, and found without reading those that are."""


def said_before(place: Scope) -> frozenset[str]:
    """The sentences that an earlier operation on this environment said."""
    claims = place.book.claims.since(FOR_GOOD).get(place.environment.name, ())
    return frozenset(c.reason for c in claims if c.key.is_saying)


def say_step(sentences: Sequence[str], *, after: tuple[int, ...]) -> Step:
    said: list[Json] = [*sentences]
    return Step("say once", arguments={"said": said}, after=after)


class SayOnce(Safe):
    """``SAFE``: a claim that is there stays as it is."""

    name = "say once"
    deadline = timedelta(minutes=10)

    def act(self, place: Scope, record: StepRecord) -> Facts:
        place.book.claims.record([_claim(place, sentence) for sentence in _said(record.step)])
        return {}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        return Done(" ".join(_said(record.step)), {"tell": True})


def _said(step: Step) -> list[str]:
    said = step.arguments["said"]
    return [str(sentence) for sentence in said] if isinstance(said, list) else []


def _claim(place: Scope, sentence: str) -> Claim:
    key = saying_key(place.environment.name, FOR_GOOD.date(), sentence)
    return Claim(key, FOR_GOOD, "observed", place.now, reason=sentence)


KINDS = (SayOnce(),)
