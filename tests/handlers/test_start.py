"""`/env start`: databases, then services in waves, as they were; and what nobody may guess."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.start import start as start_operation
from handlers.words.errors import Denied
from handlers.words.plan import Plan
from handlers.words.result import Reply
from handlers.words.step import StepState
from policies.access.people import ClockActor
from policies.capacity.facts import Capacity, SavedCapacity, ScalingFacts, Suspended
from policies.record.lifecycle import State
from tests import telling
from tests.golden import Golden
from tests.handlers.nights import BOUNDS, COUNTS, DATABASE, NIGHT, PLACE, FullStage, Night
from tests.handlers.world import OLU, VIC, service

Asleep = Callable[[], FullStage]


@pytest.fixture
def world() -> Night:
    return Night().catalogue()


@pytest.fixture
def asleep(world: Night) -> Asleep:
    """Stopped a minute ago."""

    def stopped() -> FullStage:
        stage = FullStage(world)
        stage.sure("stop", "staging", who=OLU)
        stage.finish()
        assert world.dark()
        return stage

    return stopped


def start(stage: FullStage, until: str = "", **rest: Any) -> Reply:
    arguments = {"until": until} if until else {}
    return stage.ask("start", "staging", **{"arguments": arguments, **rest})


def by_clock(stage: FullStage) -> Reply:
    return stage.ask("start", "staging", who=ClockActor(), source="clock")


def test_a_start_restores_everything_as_it_was(asleep: Asleep, world: Night) -> None:
    stage = asleep()
    answer = start(stage)
    assert answer.headline.startswith("`staging` is starting")
    stage.finish()
    assert (world.lit(), world.saved()) == (True, False)
    assert stage.operations()[-1].state is State.SUCCEEDED
    assert stage.operations()[-1].before["web"] == {"desired": 0, "running": 0}
    assert stage.operations()[-1].after["web"] == {"desired": 3, "running": 3}


def test_the_plan_goes_from_the_database_through_the_waves(
    asleep: Asleep, world: Night, golden: Golden
) -> None:
    asleep()
    plan = start_operation.run(world.scopes.bind(PLACE, OLU))
    assert isinstance(plan, Plan)
    assert [(s.kind, s.on, s.after) for s in plan.steps] == [
        ("start database", DATABASE, ()),
        ("go on", "", (0,)),
        ("set desired", "orders-api", (1,)),
        ("go on", "", (2,)),
        ("set desired", "web", (3,)),
        ("restore scaling", "web", (4,)),
        ("forget saved", "", (0, 1, 2, 3, 4, 5)),
    ]
    (left,) = plan.notes
    assert left == golden


def test_no_service_starts_before_its_database_is_available(asleep: Asleep, world: Night) -> None:
    stage = asleep()
    start(stage)
    before = len(world.called("set_desired"))
    for _ in range(5):
        stage.forward(30)
    assert (world.database(), len(world.called("set_desired"))) == ("starting", before)
    stage.finish()
    assert world.lit()


def test_the_second_wave_waits_for_the_first(asleep: Asleep, world: Night, golden: Golden) -> None:
    stage = asleep()
    start(stage)
    world.scopes.rds.move()
    for _ in range(5):
        stage.forward(10)
    assert world.counts() == {"orders-api": 2, "web": 0, "jobs": 0}
    assert stage.operations()[-1].steps[2].sentence == golden
    stage.finish()
    assert world.counts() == COUNTS


def test_scaling_is_restored_exactly_and_after_the_count(asleep: Asleep, world: Night) -> None:
    stage = asleep()
    start(stage)
    stage.finish()
    calls = [c for c in world.aws().script.calls if c.arguments and c.arguments[0] == "web"]
    assert [c.method for c in calls if c.method in ("set_desired", "scaling.restore")][-2:] == [
        "set_desired",
        "scaling.restore",
    ]
    assert world.aws().scaling.known() == {"web": BOUNDS}


def test_a_service_that_does_not_come_up_is_named_and_another_start_finishes(
    asleep: Asleep, world: Night, golden: Golden
) -> None:
    stage = asleep()
    world.aws().services.change("orders-api", tasks=())
    start(stage)
    world.scopes.rds.move()
    for _ in range(130):
        stage.forward(16)
    ended = stage.operations()[-1]
    assert ended.state is State.PARTIAL
    assert ended.summary == golden
    assert world.saved()
    start(stage)
    stage.finish()
    assert (world.lit(), world.saved()) == (True, False)
    assert stage.operations()[-1].state is State.SUCCEEDED


def test_a_service_that_stays_unhealthy_delays_the_others_only_for_its_wait(
    asleep: Asleep, world: Night
) -> None:
    stage = asleep()
    start(stage)
    world.scopes.rds.move()
    for _ in range(55):
        stage.forward(16)
    assert world.counts()["web"] == 0
    for _ in range(15):
        stage.forward(16)
    assert world.counts()["web"] == 3
    for _ in range(70):
        stage.forward(16)
    start(stage)
    second = stage.operations()[-1].steps
    assert [s.step.on for s in second if s.step.kind == "set desired"] == ["orders-api", "web"]


def test_a_service_started_meanwhile_keeps_its_count(asleep: Asleep, world: Night) -> None:
    stage = asleep()
    world.aws().services.count("web", 1)
    world.aws().services.move()
    start(stage)
    stage.finish()
    assert world.counts() == {"orders-api": 2, "web": 2, "jobs": 0}, "at least the restored minimum"
    assert ("web", 3) not in world.called("set_desired")
    assert world.aws().scaling.known() == {"web": BOUNDS}


def test_scaling_that_its_owner_changed_meanwhile_is_left(asleep: Asleep, world: Night) -> None:
    stage = asleep()
    theirs = ScalingFacts(1, 9, Suspended())
    world.aws().scaling.put("web", theirs)
    start(stage)
    stage.finish()
    assert world.aws().scaling.known() == {"web": theirs}


def test_a_failed_start_keeps_what_was_saved(asleep: Asleep, world: Night) -> None:
    stage = asleep()
    world.aws().scaling.fail("scaling.restore", Denied("AWS did not allow it.", "AccessDenied"))
    start(stage)
    stage.finish()
    assert (stage.operations()[-1].state, world.saved()) == (State.PARTIAL, True)
    start(stage)
    stage.finish()
    assert (world.lit(), world.saved()) == (True, False)


def test_a_service_zeroed_again_keeps_what_was_saved(asleep: Asleep, world: Night, golden: Golden) -> None:
    stage = asleep()
    start(stage)
    stage.forth(times=3)
    while stage.operations()[-1].steps[1].state is not StepState.DONE:
        stage.forth()
    world.aws().services.count("orders-api", 0)
    stage.finish()
    assert stage.operations()[-1].summary == golden
    assert world.saved()


def test_a_viewer_may_not_start(asleep: Asleep, world: Night) -> None:
    assert telling.status(start(asleep(), who=VIC)) == "refused"
    assert world.dark()


def test_an_environment_that_is_up_needs_nothing(world: Night) -> None:
    world.aws().services.remove("jobs")
    answer = start(FullStage(world))
    assert telling.status(answer) == "unchanged"


# nothing saved


def test_a_service_without_a_saved_count_starts_with_its_minimum_once_confirmed(
    asleep: Asleep, world: Night, golden: Golden
) -> None:
    stage = asleep()
    saved = world.store.memory.capacities["staging"]
    world.store.memory.capacities["staging"] = replace(saved, services={"jobs": Capacity(0)})
    world.aws().scaling.put("web", BOUNDS)
    asked = start(stage)
    assert telling.status(asked) == "needs confirmation"
    assert telling.table(asked).rows == golden
    assert telling.notes(stage.press(telling.offers(asked)[0])) == golden
    stage.finish()
    assert world.counts() == {"orders-api": 1, "web": 2, "jobs": 0}


@pytest.mark.parametrize("scaling", [None, ScalingFacts(0, 4), BOUNDS])
def test_a_service_created_at_zero_while_all_is_off_is_left_and_named(
    asleep: Asleep, world: Night, golden: Golden, scaling: ScalingFacts | None
) -> None:
    stage = asleep()
    world.aws().services.put(service("cron-zero", desired=0))
    if scaling:
        world.aws().scaling.put("cron-zero", scaling)
    assert telling.notes(start(stage))[:3] == golden(name="notes")
    stage.finish()
    assert world.counts() == {**COUNTS, "cron-zero": 0}
    assert stage.operations()[-1].summary == golden(name="end")
    assert world.aws().script.count("scaling.restore") == 1, "web's"


def test_a_service_left_at_zero_by_the_clock_is_told_in_the_channel_once(
    asleep: Asleep, world: Night
) -> None:
    stage = asleep()
    world.scheduled(at=NIGHT + timedelta(hours=12))
    world.aws().services.put(service("cron-zero", desired=0))
    told = []
    for _ in range(2):
        by_clock(stage)
        stage.finish()
        made = stage.operations()[-1]
        assert made.state is State.SUCCEEDED
        told.append(("cron-zero" in made.summary, world.store.memory.messages.get(made.id) is not None))
        stage.sure("stop", "staging", who=OLU)
        stage.finish()
    assert told == [(True, True), (False, False)]
    assert world.counts()["cron-zero"] == 0


def test_a_service_set_to_zero_before_the_stop_stays_at_zero(world: Night, golden: Golden) -> None:
    stage = FullStage(world)
    world.aws().services.count("orders-api", 0)
    world.move()
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    assert telling.notes(start(stage))[:2] == golden
    stage.finish()
    assert world.counts() == {**COUNTS, "orders-api": 0}


def test_a_service_autoscaled_to_zero_stays_there_and_scales_again(world: Night) -> None:
    bounds = ScalingFacts(0, 4)
    world.aws().scaling.put("jobs", bounds)
    stage = FullStage(world)
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    start(stage)
    stage.finish()
    assert world.counts() == COUNTS
    assert world.aws().scaling.known()["jobs"] == bounds


def test_a_start_asks_nothing_if_every_service_was_at_zero(world: Night) -> None:
    saved = SavedCapacity({name: Capacity(0) for name in COUNTS})
    world.store.book.capacities.write("staging", saved)
    for name in COUNTS:
        world.aws().services.count(name, 0)
    world.move()
    stage = FullStage(world)
    start(stage)
    stage.finish()
    assert stage.operation().state is State.SUCCEEDED
    assert not any(world.counts().values())


def test_with_nothing_saved_and_all_at_zero_nothing_moves_until_a_person_confirms(
    asleep: Asleep, world: Night, golden: Golden
) -> None:
    stage = asleep()
    world.store.memory.capacities.clear()
    world.aws().scaling.put("web", BOUNDS)
    asked = start(stage)
    assert (telling.status(asked), world.dark()) == ("needs confirmation", True)
    assert asked.headline == golden
    counts = [(name, words[0]) for name, words in telling.table(asked).rows]
    assert counts == [("orders-api", "1"), ("web", "2"), ("jobs", "1")]
    assert telling.status(stage.press(telling.offers(asked)[0])) == "running"
    stage.finish()
    assert world.counts() == {"orders-api": 1, "web": 2, "jobs": 1}


def test_the_clock_guesses_no_counts(asleep: Asleep, world: Night) -> None:
    stage = asleep()
    world.scheduled()
    world.store.memory.capacities.clear()
    answer = by_clock(stage)
    assert (telling.status(answer), telling.rule(answer)) == ("not possible", "start.nothing-saved")
    assert world.dark()


@pytest.mark.parametrize("who", [ClockActor(), OLU])
def test_a_service_kept_at_zero_beside_others_that_run_is_left(world: Night, who: Any) -> None:
    world.scheduled(at=NIGHT - timedelta(hours=9))
    stage = FullStage(world)
    answer = stage.ask("start", "staging", who=who, source="clock" if who == ClockActor() else "slash")
    assert telling.status(answer) == "unchanged"
    assert world.counts() == COUNTS


# databases


def test_a_database_stopped_before_the_stop_is_left_stopped(world: Night) -> None:
    world.scopes.rds.change(DATABASE, status="stopped")
    stage = FullStage(world)
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    assert "was stopped before" in telling.note(start(stage), f"`{DATABASE}`")
    stage.finish()
    assert (world.database(), world.counts()) == ("stopped", COUNTS)


def test_a_database_still_stopping_is_asked_until_it_starts(asleep: Asleep, world: Night) -> None:
    stage = asleep()
    world.scopes.rds.change(DATABASE, status="stopping", restarts_at=None)
    start(stage)
    stage.finish()
    assert (world.lit(), len(world.called("databases.start")) > 1) == (True, True)


def test_a_database_that_rds_calls_broken_fails_at_once_and_services_go_on(
    asleep: Asleep, world: Night
) -> None:
    stage = asleep()
    start(stage)
    world.scopes.rds.change(DATABASE, status="inaccessible-encryption-credentials")
    stage.forward(15)
    assert stage.operations()[-1].steps[0].state is StepState.FAILED
    stage.finish()
    ended = stage.operations()[-1]
    assert ended.state is State.PARTIAL
    assert "RDS says inaccessible-encryption-credentials" in ended.summary
    assert world.counts() == COUNTS
