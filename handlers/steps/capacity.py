"""Counts and autoscaling of services: suspended and set to zero by a stop, given back by a start."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from handlers.ports.scope import Scope
from handlers.steps.captured import capture
from handlers.steps.safe import Safe
from handlers.words.errors import Absent, Denied, NotNow, StoreLost, Throttled, Trouble, Unanswered
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import Done, Failed, StepRecord, Verdict, Waiting
from policies import standing
from policies.capacity import ScalingFacts, Suspended
from policies.service import ServiceFacts
from policies.service_health import describe
from policies.times import words

BATCH = 10
"""Services that one DescribeServices takes (ecs-facts 1.2): those of a batch are read together."""
SOON, LATER = timedelta(seconds=5), timedelta(seconds=15)
"""Between looks in the first minute, and after it: a stop usually takes minutes (ecs-facts 3.1)."""
ANSWERED_FOR = timedelta(seconds=30)
"""How long a count other than ours may only be an older answer; later it is somebody else's."""
UNUSUAL = timedelta(minutes=7)
"""Deregistration (300 s) and stopTimeout (120 s) are over by then (ecs-facts 3.1): what still runs is looked
at task by task, for a protected one."""


def batches(services: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """For each service those it is read together with, itself among them."""
    parts = [services[n : n + BATCH] for n in range(0, len(services), BATCH)]
    return {name: part for part in parts for name in part}


def set_desired_step(
    service: str, count: int, among: Sequence[str] = (), *, wait: bool = True, after: tuple[int, ...] = ()
) -> Step:
    """``wait``: until it is up; without, a deployment of it follows and is judged instead."""
    together: list[Json] = [*(among or (service,))]
    arguments: dict[str, Json] = {"count": count, "among": together}
    return Step("set desired", service, arguments if wait else {**arguments, "wait": False}, after)


def refuse_step(service: str, why: str) -> Step:
    return Step("refuse start", on=service, arguments={"why": why})


def restore_step(service: str, scaling: ScalingFacts, *, after: tuple[int, ...] = ()) -> Step:
    arguments: dict[str, Json] = {
        "minimum": scaling.minimum,
        "maximum": scaling.maximum,
        "suspended": [
            scaling.suspended.scaling_in,
            scaling.suspended.scaling_out,
            scaling.suspended.scheduled,
        ],
    }
    return Step("restore scaling", on=service, arguments=arguments, after=after)


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

    def facts(self, place: Scope, step: Step) -> ServiceFacts:
        """``Absent`` where the service is gone, or nobody's own any more."""
        found = self._batch(place, _among(step)).get(step.on)
        if found is None:
            raise Absent(f"There is no service `{step.on}` in `{place.environment.name}` any more.")
        return found

    def _batch(self, place: Scope, among: tuple[str, ...]) -> Mapping[str, ServiceFacts]:
        held: weakref.ref[Scope] | None = getattr(self._slot, "place", None)
        if held is None or held() is not place:
            self._slot.place, self._slot.read = weakref.ref(place), {}
        read: dict[tuple[str, ...], Mapping[str, ServiceFacts]] = self._slot.read
        if among not in read:
            read[among] = {facts.name: facts for facts in place.services.summaries(among)}
        return read[among]


class SetDesired(Safe):
    """``SAFE``: the same count again changes nothing.

    Zero is looked at until no task is left. Any other count is set only where none is wanted yet, so that a
    count somebody else gave meanwhile stays, and looked at until the service is up and not measured ill.
    """

    name = "set desired"
    counted = "services"
    deadline = timedelta(minutes=15)
    first_look = timedelta(seconds=2)

    def __init__(self) -> None:
        self._turn = Turn()

    def before(self, place: Scope, step: Step) -> Facts:
        facts = self._turn.facts(place, step)
        return {"desired": facts.desired, "running": facts.running}

    def act(self, place: Scope, record: StepRecord) -> Facts:
        step = record.step
        if _count(step) and (found := self._turn.facts(place, step).desired):
            return {"found": found}
        with asked_again():
            receipt = place.services.set_desired(step.on, _count(step))
        return {"request_ids": [receipt.request_id]}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        facts = self._turn.facts(place, record.step)
        took = _took(place, record)
        if bool(facts.desired) != bool(_count(record.step)):
            return _another_count(facts, place.now, took)
        if facts.desired and not record.step.arguments.get("wait", True):
            return Done(f"`{facts.name}` is set to {facts.desired}", {"after": count_of(facts)})
        if facts.desired:
            return self._starting(place, facts, took)
        return self._stopping(place, facts, took)

    def _stopping(self, place: Scope, facts: ServiceFacts, took: timedelta) -> Verdict:
        left = facts.running + facts.pending
        if not left:
            return Done(f"`{facts.name}` is stopped", {"after": count_of(facts)})
        held = _protected(place, facts.name) if took > UNUSUAL else ""
        tasks = f"{left} {'task' if left == 1 else 'tasks'}"
        if took > self.deadline:
            verb = "still runs" if left == 1 else "still run"
            said = f"`{facts.name}`: {tasks} {verb} after {words(self.deadline)}{held}"
            return Failed(said, {"after": count_of(facts)})
        return Waiting(_next_look(place.now, took), f"`{facts.name}`: {tasks} stopping{held}")

    def _starting(self, place: Scope, facts: ServiceFacts, took: timedelta) -> Verdict:
        late = took > self.deadline
        if facts.running >= facts.desired or late:
            facts = place.services.facts(facts.name)
        judgement = describe(facts)
        said = f"`{facts.name}`: {judgement.sentence}"
        if facts.running >= facts.desired and not judgement.gravity:
            return Done(said, {"after": count_of(facts)})
        if late:
            why: dict[str, Json] = {"captured": capture(place, facts, ""), "after": count_of(facts)}
            return Failed(f"`{facts.name}` is not up after {words(self.deadline)}: {judgement.sentence}", why)
        return Waiting(_next_look(place.now, took), said)


class SuspendScaling(Safe):
    """``SAFE``. Before the count: an alarm would lift the service again (ecs-facts 3.2)."""

    name = "suspend scaling"
    deadline = timedelta(minutes=10)

    def act(self, place: Scope, record: StepRecord) -> Facts:
        with asked_again():
            receipt = place.scaling.suspend(record.step.on)
        return {"request_ids": [receipt.request_id]}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        return Done(f"autoscaling of `{record.step.on}` is suspended")


class RestoreScaling(Safe):
    """``SAFE``. After the count: restoring moves it into minimum to maximum at once (ecs-facts 3.2)."""

    name = "restore scaling"
    deadline = timedelta(minutes=10)

    def act(self, place: Scope, record: StepRecord) -> Facts:
        with asked_again():
            receipt = place.scaling.restore(record.step.on, _scaling(record.step))
        return {"request_ids": [receipt.request_id]}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        bounds = _scaling(record.step)
        return Done(f"autoscaling of `{record.step.on}` is as it was: {bounds.minimum} to {bounds.maximum}")


class RefuseStart(Safe):
    """``SAFE``: no call at all. A service that could only fail to start, as one that was not started."""

    name = "refuse start"
    counted = "services"

    def act(self, place: Scope, record: StepRecord) -> Facts:
        return {}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        return Failed(str(record.step.arguments["why"]))


def _another_count(facts: ServiceFacts, now: datetime, took: timedelta) -> Verdict:
    """The count is not ours: an older answer at first, then somebody's, which is told and not fought."""
    if took <= ANSWERED_FOR:
        return Waiting(now + SOON, f"`{facts.name}`: waiting for ECS to show its new count")
    said = f"`{facts.name}` was set to {facts.desired} again by something else meanwhile"
    return Failed(said, {"after": count_of(facts)})


def _protected(place: Scope, service: str) -> str:
    """Which of its tasks will not be stopped before their protection ends, and when (ecs-facts 3.1). Advice
    only: a role that may not read it holds nothing up."""
    try:
        tasks = place.services.facts(service, protection=True).tasks
    except Denied:
        return "; the bot may not read whether they are protected"
    held = [t for t in tasks if t.protected and t.last_status != "STOPPED"]
    if not held:
        return ""
    named = ", ".join(f"`{t.id[:8]}`{_until(place, t.protected_until)}" for t in held)
    return f"; protected from being stopped: {named}"


def _until(place: Scope, ends: datetime | None) -> str:
    if ends is None:
        return ""
    zone = standing.zone_of(place.environment, place.schedule)
    return f" until {standing.said(ends, zone, place.now)}"


def _next_look(now: datetime, took: timedelta) -> datetime:
    return now + (SOON if took < timedelta(minutes=1) else LATER)


def _took(place: Scope, record: StepRecord) -> timedelta:
    return place.now - (record.began_at or place.now)


def _count(step: Step) -> int:
    return int(str(step.arguments["count"]))


def _among(step: Step) -> tuple[str, ...]:
    named = step.arguments.get("among")
    return tuple(str(name) for name in named) if isinstance(named, list) else (step.on,)


def _scaling(step: Step) -> ScalingFacts:
    flags = step.arguments["suspended"]
    assert isinstance(flags, list), "restore_step writes three flags"
    scaling_in, scaling_out, scheduled = (bool(flag) for flag in flags)
    minimum, maximum = (int(str(step.arguments[name])) for name in ("minimum", "maximum"))
    return ScalingFacts(minimum, maximum, Suspended(scaling_in, scaling_out, scheduled))


KINDS = (SetDesired(), SuspendScaling(), RestoreScaling(), RefuseStart())
