"""A service that does not come up, or down, is named, while the others go on and may be worked on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.words.errors import Denied
from handlers.words.result import Reply
from handlers.words.step import StepState
from policies.access.people import ClockActor
from policies.record.lifecycle import State
from tests import telling
from tests.golden import Golden
from tests.handlers.nights import BOUNDS, COUNTS, PLACE, FullStage, Night
from tests.handlers.world import DEV, OLU, PRODUCTION, QA


class Sick(Night):
    """ECS whose *web* runs no task, however often ECS starts one."""

    sick = True

    def move(self) -> None:
        super().move()
        facts = self.aws().services.known()["web"]
        if self.sick and facts.desired:
            self.aws().services.change("web", running=0, tasks=())


@pytest.fixture
def world() -> Sick:
    """*web* is in no wave, so it comes last; its image exists."""
    world = Sick()
    world.catalogue()
    return world


def starting(world: Sick, *, waves: tuple[tuple[str, ...], ...] = (("orders-api",),)) -> FullStage:
    """The clock has started the environment in the morning; all services are up except *web*, which is waited
    for.
    """
    world.catalogue(replace(PLACE, start_order=waves), QA, PRODUCTION).scheduled()
    stage = FullStage(world)
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    stage.ask("start", "staging", who=ClockActor(), source="clock")
    stage.forth(times=12)
    assert [o.name for o in stage.running()] == ["start"]
    return stage


def change(stage: FullStage, operation: str, service: str) -> Reply:
    return stage.ask(operation, "staging", service, who=DEV)


def test_waiting_for_one_service_leaves_the_others_free(world: Sick) -> None:
    stage = starting(world)
    assert world.counts()["orders-api"] == 2
    assert telling.status(change(stage, "restart", "orders-api")) == "running"
    stage.finish()
    assert [(o.name, o.state.value) for o in stage.operations()[-2:]] == [
        ("start", "partial"),
        ("restart", "succeeded"),
    ]


def test_a_restart_may_fix_a_sick_service_and_the_start_sees_the_result(world: Sick) -> None:
    stage = starting(world)
    assert telling.status(change(stage, "restart", "web")) == "running"
    assert telling.rule(change(stage, "redeploy", "web")) == "gate.busy", "which the restart holds now"
    world.sick = False
    stage.finish()
    assert {o.name: o.state.value for o in stage.operations()[-2:]} == {
        "start": "succeeded",
        "restart": "succeeded",
    }
    assert world.aws().scaling.known() == {"web": BOUNDS}


def test_only_one_operation_moves_a_whole_environment(world: Sick) -> None:
    stage = starting(world)
    assert telling.rule(stage.ask("start", "staging", who=DEV)) == "gate.busy"
    assert telling.status(stage.sure("stop", "staging", who=OLU)) == "running"
    assert stage.operations()[-2].state is State.CANCELLED


def test_a_service_yet_to_be_started_is_locked(world: Sick) -> None:
    stage = starting(world, waves=(("web",), ("orders-api",)))
    assert world.counts()["orders-api"] == 0
    assert telling.rule(change(stage, "restart", "orders-api")) == "gate.busy"


def test_a_service_that_does_not_come_up_holds_no_later_wave(world: Sick) -> None:
    stage = starting(world, waves=(("web",), ("orders-api",)))
    stage.forth(seconds=timedelta(minutes=4).total_seconds(), times=4)
    stage.finish()
    assert world.counts() == COUNTS
    ended = stage.operations()[-1]
    assert ended.state is State.PARTIAL
    failed = [s.step.on for s in ended.steps if s.state is StepState.FAILED]
    assert failed == ["web"]


def test_the_database_of_a_sick_service_stops_in_the_evening(world: Sick) -> None:
    stage = starting(world)
    stage.forth(seconds=timedelta(minutes=4).total_seconds(), times=4)
    stage.finish()
    stage.ask("stop", "staging", who=ClockActor(), source="clock")
    stage.finish()
    assert stage.operations()[-1].state is State.SUCCEEDED
    assert (any(world.counts().values()), world.database()) == (False, "stopped")


def test_a_service_that_may_not_be_stopped_keeps_the_database_on_and_is_named(
    world: Sick, golden: Golden
) -> None:
    world.sick = False
    stage = FullStage(world)
    world.aws().services.fail("set_desired", Denied("AWS does not allow it."), nth=2)
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    ended = stage.operation()
    assert (ended.state, world.database()) == (State.PARTIAL, "available")
    assert ended.summary == golden


def test_a_service_that_cannot_be_stopped_keeps_its_database_even_without_tasks(
    world: Sick, golden: Golden
) -> None:
    """ECS goes on trying to start the service."""
    stage = starting(world)
    stage.forth(seconds=timedelta(minutes=4).total_seconds(), times=4)
    stage.finish()
    script = world.aws().script
    script.fail("set_desired", Denied("AWS does not allow it."), nth=script.count("set_desired") + 2)
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    assert world.database() == "available"
    assert stage.operations()[-1].summary == golden


def test_no_database_is_stopped_if_nothing_could_be_saved(world: Sick) -> None:
    """No database is stopped even if no service runs that would keep it on."""
    for name in COUNTS:
        world.aws().services.count(name, 0)
    world.sick = False
    world.move()
    stage = FullStage(world)
    world.aws().scaling.fail("scaling.facts", Denied("AWS did not allow it."), nth=3)
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    assert world.database() == "available"
