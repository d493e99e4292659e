"""The steps *set desired*, *suspend scaling* and *restore scaling*, one call and one look at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from handlers.ports.scope import Scope
from handlers.steps.capacity import (
    KINDS,
    RestoreScaling,
    SetDesired,
    SuspendScaling,
    asked_again,
    batches,
    restore_step,
    set_desired_step,
)
from handlers.words.errors import (
    Absent,
    Denied,
    NotNow,
    Rejected,
    StoreLost,
    Throttled,
    Trouble,
    Unanswered,
)
from handlers.words.plan import Step
from handlers.words.step import End, Repeat, StepRecord, StepState
from policies.capacity.facts import ScalingFacts, Suspended
from policies.schedule.standing import said_in_full
from tests.golden import Golden
from tests.handlers.rowed import Rowed, until
from tests.handlers.world import World, service, task

Place = Callable[[], Scope]
BOUNDS = ScalingFacts(2, 6, Suspended(scheduled=True))


def begun(place: Scope, step: Step, kind: Rowed) -> StepRecord:
    record = StepRecord(0, step, StepState.BEGAN, before=kind.before(place, step), began_at=place.now)
    return replace(record, evidence=kind.act(place, record), answered=True)


def test_all_steps_of_capacity_may_be_called_again() -> None:
    assert {kind.repeat for kind in KINDS} == {Repeat.SAFE}


def test_batches_are_of_ten_and_each_service_is_in_its_own() -> None:
    names = [f"s{n}" for n in range(23)]
    found = batches(names)
    assert list(found) == names
    assert (found["s0"], found["s9"], found["s22"]) == (names[:10], names[:10], names[20:])


def test_only_the_count_is_sent_and_its_request_is_kept(world: World, place: Place) -> None:
    record = begun(place(), set_desired_step("web", 0), Rowed(SetDesired()))
    assert record.before == {"desired": 2, "running": 2}
    assert record.evidence == {"request_ids": ["request-set-desired-web-0"]}


def test_zero_is_done_when_no_task_is_left(world: World, place: Place, golden: Golden) -> None:
    kind = Rowed(SetDesired())
    record = begun(place(), set_desired_step("web", 0), kind)
    waiting = kind.look(place(), record)
    assert waiting.end is End.WAITS
    assert until(waiting) - place().now == timedelta(seconds=5)
    assert waiting.sentence == golden
    world.aws().services.change("web", running=0, pending=1)
    world.forward(90)
    waiting = kind.look(place(), record)
    assert waiting.end is End.WAITS
    assert until(waiting) - place().now == timedelta(seconds=15)
    assert waiting.sentence == golden
    world.aws().services.change("web", pending=0)
    done = kind.look(place(), record)
    assert done.end is End.DONE
    assert done.left.after == {"web": {"desired": 0, "running": 0}}


def test_a_protected_task_is_named_only_when_the_stop_is_unusually_long(
    world: World, place: Place, golden: Golden
) -> None:
    kind = Rowed(SetDesired())
    record = begun(place(), set_desired_step("web", 0), kind)
    ends = place().now + timedelta(minutes=90)
    world.aws().services.change("web", running=2, tasks=(task(1, "d"), task(2, "d")))
    world.aws().services.protect("web", ends)
    first = kind.look(place(), record)
    assert first.end is End.WAITS and "protected" not in first.sentence
    assert world.aws().script.count("facts") == 0, "nothing more is read while it is usual"
    world.forward(421)
    later = kind.look(place(), record)
    assert later.end is End.WAITS
    until = said_in_full(ends, UTC, place().now)
    named = ", ".join(f"`{t.id[:8]}` until {until}" for t in (task(1, "d"), task(2, "d")))
    assert named in later.sentence
    assert later.sentence == golden
    world.aws().services.fail("facts", Denied("No.", "AccessDenied"), nth=2)
    denied = kind.look(place(), record)
    assert denied.end is End.WAITS, "advice that may not be read holds nothing up"
    assert denied.sentence == golden


def test_a_count_is_done_when_the_service_is_up_and_not_unhealthy(
    world: World, place: Place, golden: Golden
) -> None:
    world.aws().services.put(service("web", desired=0))
    kind = Rowed(SetDesired())
    record = begun(place(), set_desired_step("web", 2), kind)
    assert kind.look(place(), record).end is End.WAITS
    young = tuple(task(n, "ecs-svc/web-0", health="UNKNOWN") for n in (1, 2))
    world.aws().services.change("web", running=2, tasks=young)
    waiting = kind.look(place(), record)
    assert waiting.end is End.WAITS
    assert waiting.sentence == golden
    grown = tuple(replace(t, health="HEALTHY") for t in young)
    world.aws().services.change("web", tasks=grown)
    done = kind.look(place(), record)
    assert done.end is End.DONE
    assert done.sentence == golden


def test_a_service_that_does_not_come_up_fails_with_the_logs_of_its_tasks(
    world: World, place: Place, golden: Golden
) -> None:
    world.aws().services.put(service("web", desired=0))
    kind = Rowed(SetDesired())
    record = begun(place(), set_desired_step("web", 2), kind)
    died = task(
        1,
        "ecs-svc/web-0",
        last_status="STOPPED",
        stop_code="EssentialContainerExited",
        stopped_reason="Exit 1",
    )
    world.aws().services.change("web", tasks=(died,))
    world.forward(901)
    failed = kind.look(place(), record)
    assert failed.end is End.FAILED
    assert failed.sentence == golden
    assert "Exit 1" in str(failed.left.captured)


def test_a_service_that_is_up_already_keeps_its_count(world: World, place: Place) -> None:
    record = begun(place(), set_desired_step("web", 5), Rowed(SetDesired()))
    assert record.evidence == {"found": 2}
    assert world.aws().script.count("set_desired") == 0


def test_a_count_set_by_somebody_else_is_first_waited_out(world: World, place: Place, golden: Golden) -> None:
    kind = Rowed(SetDesired())
    record = begun(place(), set_desired_step("web", 0), kind)
    world.aws().services.count("web", 4)
    assert kind.look(place(), record).end is End.WAITS
    world.forward(31)
    failed = kind.look(place(), record)
    assert failed.end is End.FAILED
    assert failed.sentence == golden


def test_a_service_that_is_gone_is_absent(world: World, place: Place) -> None:
    kind = Rowed(SetDesired())
    record = begun(place(), set_desired_step("web", 0), kind)
    world.aws().services.remove("web")
    with pytest.raises(Absent):
        kind.look(place(), record)


def test_a_batch_is_read_once_in_each_turn(world: World, place: Place) -> None:
    kind, together = Rowed(SetDesired()), ("orders-api", "web")
    turn = place()
    for name in together:
        kind.before(turn, set_desired_step(name, 0, together))
    assert world.aws().script.count("summaries") == 1
    world.aws().services.count("web", 7)
    assert kind.before(place(), set_desired_step("web", 0, together))["desired"] == 7
    assert world.aws().script.count("summaries") == 2


def test_scaling_is_suspended_and_restored_exactly(world: World, place: Place, golden: Golden) -> None:
    world.aws().scaling.put("web", BOUNDS)
    suspend = StepRecord(0, Step("suspend scaling", on="web"), began_at=place().now)
    Rowed(SuspendScaling()).act(place(), suspend)
    assert world.aws().scaling.known()["web"] == ScalingFacts(0, 6, Suspended(True, True, True))
    restore = StepRecord(1, restore_step("web", BOUNDS), began_at=place().now)
    Rowed(RestoreScaling()).act(place(), restore)
    assert world.aws().scaling.known()["web"] == BOUNDS
    done = Rowed(RestoreScaling()).look(place(), restore)
    assert done.end is End.DONE
    assert done.sentence == golden


LATER = Rejected("Not now.", "ConcurrentUpdateException", retry_helps=True)


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (Throttled("Busy.", "ThrottlingException"), Throttled),
        (LATER, NotNow),
        (Rejected("Never.", "InvalidParameter"), Rejected),
        (Trouble("AWS could not be reached.", retry_helps=True), NotNow),
        (Unanswered("Silence.", retry_helps=True), Unanswered),
        (Denied("No.", "AccessDenied"), Denied),
        (StoreLost("Gone.", retry_helps=True), StoreLost),
    ],
)
def test_temporary_trouble_becomes_not_now(raised: Trouble, seen: type[Trouble]) -> None:
    with pytest.raises(seen) as found, asked_again():
        raise raised
    assert type(found.value) is seen
    assert (found.value.sentence, found.value.code) == (raised.sentence, raised.code)
