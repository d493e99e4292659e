"""Counts and autoscaling of services: suspended and set to zero by a stop, restored by a start."""

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
"""How many services one DescribeServices takes (facts/ecs 1.2); the services of a batch are read together."""
SOON, LATER = timedelta(seconds=5), timedelta(seconds=15)
"""Time between looks in the first minute, and after it: a stop usually takes minutes (facts/ecs 3.1)."""
ANSWERED_FOR = timedelta(seconds=30)
"""How long a count other than ours may just be a stale answer; after that somebody else set it."""
UNUSUAL = timedelta(minutes=7)
"""How long a usual stop takes: deregistration (300 s) and stopTimeout (120 s) are over by then (facts/ecs
3.1). What still runs later is looked at task by task, in case a task is protected.
"""


def batches(services: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return, for each service, the services it is read together with, itself included."""
    parts = [services[n : n + BATCH] for n in range(0, len(services), BATCH)]
    return {name: part for part in parts for name in part}


@dataclass(frozen=True)
class Counting:
    """A count to set. ``among``: the services this one is read together with. ``wait``: whether to wait until
    the service is up; if not, a deployment of it follows and is judged instead.
    """

    count: int
    among: tuple[str, ...] = ()
    wait: bool = True


@dataclass(frozen=True)
class Counted:
    """What counting found. ``desired`` and ``running``: before the call. ``found``: a count that somebody set
    meanwhile, which stays.
    """

    desired: int = 0
    running: int = 0
    found: int = 0


@dataclass(frozen=True)
class Refusing:
    """``why``: the reason why a start could only fail."""

    why: str


@dataclass(frozen=True)
class Restoring:
    """The bounds of a service's autoscaling, and which parts were suspended: in, out, scheduled."""

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
    """Return what an audit entry keeps of a service that is stopped or started."""
    return {facts.name: {"desired": facts.desired, "running": facts.running}}


@contextmanager
def asked_again() -> Iterator[None]:
    """Wrap ``SAFE`` calls: trouble that passes by itself becomes ``NotNow``, which the gate tries again and
    does not count as a failure.
    """
    try:
        yield
    except (Absent, Denied, StoreLost, Throttled, Unanswered):
        raise
    except Trouble as trouble:
        if not trouble.retry_helps:
            raise
        raise NotNow(trouble.sentence, trouble.code, trouble.request_id, retry_helps=True) from trouble


class Turn:
    """Reads services in their batches, each batch once per turn. A scope is bound again for every turn, so
    what was read with this scope is as fresh as the turn. There is one slot per thread, released with its
    scope.
    """

    def __init__(self) -> None:
        self._slot = threading.local()

    def facts(self, place: Scope, name: str, intent: Counting) -> ServiceFacts:
        """Return the facts of one service. Raises ``Absent`` if the service is gone, or no longer belongs to
        the environment.
        """
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
    """Sets the desired count. ``SAFE``: setting the same count again changes nothing.

    After a zero, the service is looked at until no task is left. Any other count is set only if the count is
    zero, so that a count that somebody else set meanwhile stays; the service is then looked at until it is up
    and not measured unhealthy.
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
    """Suspends autoscaling. ``SAFE``. Runs before the count is set: otherwise an alarm would raise the count
    again (facts/ecs 3.2).
    """

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
    """Restores autoscaling. ``SAFE``. Runs after the count is set: restoring moves the count between minimum
    and maximum at once (facts/ecs 3.2).
    """

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
    """Reports a service that could only fail to start as not started. ``SAFE``: makes no call at all."""

    name = "refuse start"
    intent = Refusing
    evidence = Nothing
    counted = "services"

    def act(self, place: Scope, step: Begun[Refusing, Nothing]) -> Acted[Nothing]:
        return Acted()

    def look(self, place: Scope, step: Begun[Refusing, Nothing]) -> Verdict[Nothing]:
        return Verdict(End.FAILED, step.intent.why)


def _another_count(facts: ServiceFacts, now: datetime, took: timedelta) -> Verdict[Counted]:
    """Return the verdict on a count that is not ours: at first a stale answer, later set by somebody else,
    which is reported and not fought.
    """
    if took <= ANSWERED_FOR:
        return waits(now + SOON, tell.not_shown_yet(facts.name))
    said = tell.set_by_others(facts.name, facts.desired)
    return Verdict(End.FAILED, said, left=Left(count_of(facts)))


def _protected(place: Scope, service: str) -> str:
    """Return which tasks of the service will not be stopped before their protection ends, and when (facts/ecs
    3.1). This is only advice: a role that may not read the protection holds nothing up.
    """
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
