"""`/env stop` during one-off tasks: a task that may use the databases is waited for, up to a stated cap."""

from __future__ import annotations

import pytest

from handlers.words.result import Reply
from handlers.words.step import StepState
from policies.record.lifecycle import State
from tests.golden import Golden
from tests.handlers.nights import DATABASE, FullStage, Night
from tests.handlers.world import OLU


@pytest.fixture
def world() -> Night:
    return Night().catalogue()


@pytest.fixture
def stage(world: Night) -> FullStage:
    return FullStage(world)


def stop(stage: FullStage) -> Reply:
    return stage.sure("stop", "staging", who=OLU)


def test_a_one_off_task_delays_the_database_and_nothing_else(stage: FullStage, world: Night) -> None:
    world.aws().tasks.run("orders-migrate", by="ci")
    stop(stage)
    stage.forth(times=4)
    stage.forth(30, times=4)
    waits = next(s for s in stage.operation().steps if s.step.kind == "await tasks")
    assert waits.state is StepState.BEGAN and "`orders-migrate`" in waits.sentence
    assert (world.database(), any(world.counts().values())) == ("available", False)
    world.aws().tasks.end()
    stage.forth(30, times=2)
    stage.finish()
    assert (world.dark(), stage.operation().state) == (True, State.SUCCEEDED)


def test_the_database_stops_after_an_hour_despite_the_task_and_says_so(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    world.aws().tasks.run("orders-migrate", by="ci")
    stop(stage)
    stage.forth(times=4)
    stage.forth(60, times=58)
    assert world.database() == "available"
    stage.forth(60, times=4)
    stage.finish()
    assert (world.dark(), stage.operation().state) == (True, State.SUCCEEDED)
    assert stage.operation().summary == golden


def test_a_start_ends_the_waiting_for_a_one_off_task(stage: FullStage, world: Night) -> None:
    world.aws().tasks.run("orders-migrate")
    stop(stage)
    stage.forth(30, times=4)
    stage.ask("start", "staging")
    stage.finish()
    assert world.lit()
    assert world.called("databases.stop") == []


def test_a_stop_without_a_database_does_not_look_for_one_off_tasks(world: Night, stage: FullStage) -> None:
    world.scopes.rds.change(DATABASE, status="stopped")
    stop(stage)
    stage.finish()
    assert world.called("one_off") == []
