"""Another number of tasks of one service, watched until they run or are gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers.ports.scope import Scope
from handlers.steps.capacity import ANSWERED_FOR, LATER, SOON, asked_again, count_of
from handlers.steps.captured import capture
from handlers.steps.safe import Safe
from handlers.tell.steps import scale as tell
from handlers.words.codec import encode
from handlers.words.plan import Facts, Step
from handlers.words.step import Acted, Begun, End, Left, Verdict, waits
from policies.service.facts import ServiceFacts
from policies.service.status import describe


@dataclass(frozen=True)
class Scaling:
    """``was``: the count when it was planned."""

    count: int
    was: int


@dataclass(frozen=True)
class Scaled:
    """``desired`` before the call; ``theirs``: a count that somebody else gave before ours, which stays."""

    desired: int = 0
    theirs: int | None = None


Scale = Begun[Scaling, Scaled]


def scale_step(facts: ServiceFacts, count: int) -> Step:
    return Step("scale", facts.name, encode(Scaling(count, facts.desired)))


class ScaleService(Safe[Scaling, Scaled]):
    """``SAFE``: the same count again changes nothing. The call is made only while the count is that of the
    plan, so that one which somebody else gave meanwhile stays."""

    name = "scale"
    intent = Scaling
    evidence = Scaled
    deadline = timedelta(minutes=15)
    first_look = timedelta(seconds=2)

    def before(self, place: Scope, on: str, intent: Scaling) -> Scaled:
        return Scaled(place.services.facts(on).desired)

    def act(self, place: Scope, step: Scale) -> Acted[Scaled]:
        found = place.services.facts(step.on).desired
        if found not in (step.intent.was, step.intent.count):
            return Acted(Scaled(step.before.desired, theirs=found))
        with asked_again():
            receipt = place.services.set_desired(step.on, step.intent.count)
        return Acted(Scaled(step.before.desired), (receipt.request_id,))

    def look(self, place: Scope, step: Scale) -> Verdict[Scaled]:
        facts, took = place.services.facts(step.on), place.now - step.began_at
        left = Left(count_of(facts))
        if step.evidence.theirs is not None:
            said = tell.changed_before(facts.name, step.evidence.theirs)
            return Verdict(End.SUPERSEDED, said, left=left)
        if facts.desired != step.intent.count:
            if took <= ANSWERED_FOR:
                return waits(place.now + SOON, tell.not_shown_yet(facts.name))
            return Verdict(End.SUPERSEDED, tell.changed_after(facts.name, facts.desired), left=left)
        left = Left(count_of(facts), undo=_undo(step.intent))
        if facts.running + facts.pending == facts.running == facts.desired and not _ill(facts):
            return Verdict(End.DONE, tell.settled(facts.desired, step.intent.was), left=left)
        if took > self.deadline:
            return self._late(place, facts, left)
        next_look = place.now + (SOON if took < timedelta(minutes=1) else LATER)
        return waits(next_look, tell.moving(facts.running, facts.desired))

    def _late(self, place: Scope, facts: ServiceFacts, left: Left) -> Verdict[Scaled]:
        found = capture(place, facts, "")
        said = tell.not_there(facts.running, facts.desired, found.cause or "", after=self.deadline)
        ended = Left(left.after, found.logs, broke=True, undo=left.undo)
        return Verdict(End.TIMED_OUT, said, left=ended)


def _ill(facts: ServiceFacts) -> bool:
    """Zero tasks are what was asked for, whatever the judgement of a service without any."""
    return bool(facts.desired) and bool(describe(facts).gravity)


def _undo(intent: Scaling) -> Facts:
    return {"count": str(intent.was), "expected": str(intent.count)}


KINDS = (ScaleService(),)
