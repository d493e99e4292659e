"""Counts and autoscaling of services: suspended and set to zero by a stop, given back by a start."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.ports.scope import Scope
from handlers.steps.captured import capture
from handlers.steps.safe import Safe
from handlers.tell.steps import capacity as tell
from handlers.words.codec import encode
from handlers.words.errors import Absent, Denied, NotNow, StoreLost, Throttled, Trouble, Unanswered
from handlers.words.plan import Json, Step
from handlers.words.step import Acted, Begun, End, Left, Nothing, Verdict, waits
from policies.capacity.facts import ScalingFacts, Suspended
from policies.schedule import standing
from policies.service.facts import ServiceFacts
from policies.service.status import describe

BATCH = 10
"""Services that one DescribeServices takes (facts/ecs 1.2): those of a batch are read together."""
SOON, LATER = timedelta(seconds=5), timedelta(seconds=15)
"""Between looks in the first minute, and after it: a stop usually takes minutes (facts/ecs 3.1)."""
ANSWERED_FOR = timedelta(seconds=30)
"""How long a count other than ours may only be an older answer; later it is somebody else's."""
UNUSUAL = timedelta(minutes=7)
"""Deregistration (300 s) and stopTimeout (120 s) are over by then (facts/ecs 3.1): what still runs is looked
at task by task, for a protected one."""


def batches(services: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """For each service those it is read together with, itself among them."""
    parts = [services[n : n + BATCH] for n in range(0, len(services), BATCH)]
    return {name: part for part in parts for name in part}


@dataclass(frozen=True)
class Counting:
    """``among``: the services it is read together with. ``wait``: until it is up; without, a deployment of it
    follows and is judged instead."""

    count: int
    among: tuple[str, ...] = ()
    wait: bool = True


@dataclass(frozen=True)
class Counted:
    """``desired`` and ``running``: before the call; ``found``: a count that somebody gave meanwhile, which
    stays."""

    desired: int = 0
    running: int = 0
    found: int = 0


@dataclass(frozen=True)
class Refusing:
    """``why`` it could only fail to start."""

    why: str


@dataclass(frozen=True)
class Restoring:
    """The bounds of its autoscaling, and what of that was suspended: in, out, scheduled."""

    minimum: int
    maximum: int
    suspended: tuple[bool, ...] = (False, False, False)

    @property
    def scaling(self) -> ScalingFacts:
        scaling_in, scaling_out, scheduled = self.suspended
        return ScalingFacts(self.minimum, self.maximum, Suspended(scaling_in, scaling_out, scheduled))


Count = Begun[Counting, Counted]
Scaling = Begun[Nothing, Nothing]


def set_desired_step(
    service: str, count: int, among: Sequence[str] = (), *, wait: bool = True, after: tuple[int, ...] = ()
) -> Step:
    intent = Counting(count, tuple(among) or (service,), wait)
    return Step("set desired", service, encode(intent), after)


def refuse_step(service: str, why: str) -> Step:
    return Step("refuse start", on=service, arguments=encode(Refusing(why)))


def restore_step(service: str, scaling: ScalingFacts, *, after: tuple[int, ...] = ()) -> Step:
    held = scaling.suspended
    flags = (held.scaling_in, held.scaling_out, held.scheduled)
    intent = Restoring(scaling.minimum, scaling.maximum, flags)
    return Step("restore scaling", on=service, arguments=encode(intent), after=after)


def count_of(facts: ServiceFacts) -> dict[str, Json]:
    """What an audit entry keeps of a service that is stopped or started."""
    return {facts.name: {"desired": facts.desired, "running": facts.running}}


@contextmanager
def asked_again() -> Iterator[None]:
    """For ``SAFE`` calls: what passes by itself is ``NotNow``, which the gate asks again, and no failure."""
    try:
        yield
    except (Absent, Denied, StoreLost, Throttled, Unanswered):
        raise
    except Trouble as trouble:
        if not trouble.retry_helps:
            raise
        raise NotNow(trouble.sentence, trouble.code, trouble.request_id, retry_helps=True) from trouble


class Turn:
    """Reads services in their batches, each once in a turn: a scope is bound anew for every turn, so what
    was read with this very scope is as fresh as the turn. One slot for each thread, let go with its scope."""

    def __init__(self) -> None:
        self._slot = threading.local()

    def facts(self, place: Scope, name: str, intent: Counting) -> ServiceFacts:
        """``Absent`` where the service is gone, or nobody's own any more."""
        found = self._batch(place, intent.among or (name,)).get(name)
        if found is None:
            raise Absent(tell.absent(name, place.environment.name))
        return found

    def _batch(self, place: Scope, among: tuple[str, ...]) -> Mapping[str, ServiceFacts]:
        held: weakref.ref[Scope] | None = getattr(self._slot, "place", None)
        if held is None or held() is not place:
            self._slot.place, self._slot.read = weakref.ref(place), {}
        read: dict[tuple[str, ...], Mapping[str, ServiceFacts]] = self._slot.read
        if among not in read:
            read[among] = {facts.name: facts for facts in place.services.summaries(among)}
        return read[among]


class SetDesired(Safe[Counting, Counted]):
    """``SAFE``: the same count again changes nothing.

    Zero is looked at until no task is left. Any other count is set only where none is wanted yet, so that a
    count somebody else gave meanwhile stays, and looked at until the service is up and not measured ill.
    """

    name = "set desired"
    intent = Counting
    evidence = Counted
    counted = "services"
    deadline = timedelta(minutes=15)
    first_look = timedelta(seconds=2)

    def __init__(self) -> None:
        self._turn = Turn()

    def before(self, place: Scope, on: str, intent: Counting) -> Counted:
        facts = self._turn.facts(place, on, intent)
        return Counted(facts.desired, facts.running)

    def act(self, place: Scope, step: Count) -> Acted[Counted]:
        if step.intent.count and (found := self._turn.facts(place, step.on, step.intent).desired):
            return Acted(Counted(found=found))
        with asked_again():
            receipt = place.services.set_desired(step.on, step.intent.count)
        return Acted(request_ids=(receipt.request_id,))

    def look(self, place: Scope, step: Count) -> Verdict[Counted]:
        facts, took = self._turn.facts(place, step.on, step.intent), place.now - step.began_at
        if bool(facts.desired) != bool(step.intent.count):
            return _another_count(facts, place.now, took)
        if facts.desired and not step.intent.wait:
            told = tell.counted(facts.name, facts.desired)
            return Verdict(End.DONE, told, left=Left(count_of(facts)))
        if facts.desired:
            return self._starting(place, facts, took)
        return self._stopping(place, facts, took)

    def _stopping(self, place: Scope, facts: ServiceFacts, took: timedelta) -> Verdict[Counted]:
        left = facts.running + facts.pending
        if not left:
            return Verdict(End.DONE, tell.stopped(facts.name), left=Left(count_of(facts)))
        held = _protected(place, facts.name) if took > UNUSUAL else ""
        if took > self.deadline:
            said = tell.still_running(facts.name, left, held, after=self.deadline)
            return Verdict(End.FAILED, said, left=Left(count_of(facts)))
        return waits(_next_look(place.now, took), tell.stopping(facts.name, left, held))

    def _starting(self, place: Scope, facts: ServiceFacts, took: timedelta) -> Verdict[Counted]:
        late = took > self.deadline
        if facts.running >= facts.desired or late:
            facts = place.services.facts(facts.name)
        judgement = describe(facts)
        said = tell.judged(facts.name, judgement.sentence)
        if facts.running >= facts.desired and not judgement.gravity:
            return Verdict(End.DONE, said, left=Left(count_of(facts)))
        if late:
            found = capture(place, facts, "")
            said = tell.not_up(facts.name, found.cause or judgement.sentence, after=self.deadline)
            return Verdict(End.FAILED, said, left=Left(count_of(facts), found.logs))
        return waits(_next_look(place.now, took), said)


class SuspendScaling(Safe[Nothing, Nothing]):
    """``SAFE``. Before the count: an alarm would lift the service again (facts/ecs 3.2)."""

    name = "suspend scaling"
    intent = Nothing
    evidence = Nothing
    deadline = timedelta(minutes=10)

    def act(self, place: Scope, step: Scaling) -> Acted[Nothing]:
        with asked_again():
            receipt = place.scaling.suspend(step.on)
        return Acted(request_ids=(receipt.request_id,))

    def look(self, place: Scope, step: Scaling) -> Verdict[Nothing]:
        return Verdict(End.DONE, tell.suspended(step.on))


class RestoreScaling(Safe[Restoring, Nothing]):
    """``SAFE``. After the count: restoring moves it into minimum to maximum at once (facts/ecs 3.2)."""

    name = "restore scaling"
    intent = Restoring
    evidence = Nothing
    deadline = timedelta(minutes=10)

    def act(self, place: Scope, step: Begun[Restoring, Nothing]) -> Acted[Nothing]:
        with asked_again():
            receipt = place.scaling.restore(step.on, step.intent.scaling)
        return Acted(request_ids=(receipt.request_id,))

    def look(self, place: Scope, step: Begun[Restoring, Nothing]) -> Verdict[Nothing]:
        bounds = step.intent
        return Verdict(End.DONE, tell.restored(step.on, bounds.minimum, bounds.maximum))


class RefuseStart(Safe[Refusing, Nothing]):
    """``SAFE``: no call at all. A service that could only fail to start, as one that was not started."""

    name = "refuse start"
    intent = Refusing
    evidence = Nothing
    counted = "services"

    def act(self, place: Scope, step: Begun[Refusing, Nothing]) -> Acted[Nothing]:
        return Acted()

    def look(self, place: Scope, step: Begun[Refusing, Nothing]) -> Verdict[Nothing]:
        return Verdict(End.FAILED, step.intent.why)


def _another_count(facts: ServiceFacts, now: datetime, took: timedelta) -> Verdict[Counted]:
    """The count is not ours: an older answer at first, then somebody's, which is told and not fought."""
    if took <= ANSWERED_FOR:
        return waits(now + SOON, tell.not_shown_yet(facts.name))
    said = tell.set_by_others(facts.name, facts.desired)
    return Verdict(End.FAILED, said, left=Left(count_of(facts)))


def _protected(place: Scope, service: str) -> str:
    """Which of its tasks will not be stopped before their protection ends, and when (facts/ecs 3.1). Advice
    only: a role that may not read it holds nothing up."""
    try:
        tasks = place.services.facts(service, protection=True).tasks
    except Denied:
        return tell.PROTECTION_UNREAD
    held = [t for t in tasks if t.protected and t.last_status != "STOPPED"]
    if not held:
        return ""
    zone = standing.zone_of(place.environment, place.schedule)
    return tell.protected([(t.id, t.protected_until) for t in held], zone=zone, now=place.now)


def _next_look(now: datetime, took: timedelta) -> datetime:
    return now + (SOON if took < timedelta(minutes=1) else LATER)


KINDS = (SetDesired(), SuspendScaling(), RestoreScaling(), RefuseStart())
