"""`/env start` during a stop: of another environment on the same database, or of the same environment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.words.errors import Denied
from policies.record.lifecycle import State
from tests.handlers.nights import COUNTS, DATABASE, PLACE, FullStage, Night
from tests.handlers.test_start import start
from tests.handlers.world import OLU, QA, service


@pytest.fixture
def world() -> Night:
    return Night().catalogue()


def test_a_shared_database_starts_with_the_first_and_others_cannot_stop_it(world: Night) -> None:
    world.catalogue(PLACE, replace(QA, databases=(DATABASE,)))
    world.aws("qa-eu").services.put(service("shop"))
    stage = FullStage(world)
    for name in ("qa-eu", "staging"):
        stage.sure("stop", name, who=OLU)
        stage.finish()
    assert world.database() == "stopped"
    start(stage)
    stage.forth()
    assert world.store.memory.capacities["staging"].databases == {DATABASE: "in use"}
    stage.finish()
    assert (world.lit(), world.saved()) == (True, False)


def test_a_start_that_is_stuck_still_keeps_its_database(world: Night) -> None:
    world.catalogue(PLACE, replace(QA, databases=(DATABASE,)))
    world.aws("qa-eu").services.put(service("shop"))
    stage = FullStage(world)
    for name in ("qa-eu", "staging"):
        stage.sure("stop", name, who=OLU)
        stage.finish()
    world.aws().scaling.fail("scaling.restore", Denied("AWS did not allow it."))
    start(stage)
    stage.finish()
    assert (stage.operations()[-1].state, world.saved()) == (State.PARTIAL, True)
    world.aws("qa-eu").services.count("shop", 2)
    world.move()
    stage.sure("stop", "qa-eu", who=OLU)
    stage.finish()
    assert (world.database(), world.counts()) == ("available", COUNTS)


@pytest.mark.parametrize("turns", range(6))
def test_a_start_cancels_a_stop_at_any_point(world: Night, turns: int) -> None:
    stage = FullStage(world)
    stage.sure("stop", "staging", who=OLU)
    stage.forth(times=turns)
    running = bool(stage.running())
    start(stage)
    stage.finish()
    assert stage.operations()[0].state is (State.CANCELLED if running else State.SUCCEEDED)
    assert (world.lit(), world.saved()) == (True, False)


def test_a_late_call_of_a_cancelled_stop_loses_no_count(world: Night) -> None:
    stage = FullStage(world)
    stage.sure("stop", "staging", who=OLU)
    start(stage)
    stage.forth(times=3)
    world.aws().services.count("orders-api", 0)
    stage.finish()
    assert world.saved()
    start(stage)
    stage.finish()
    assert (world.lit(), world.saved()) == (True, False)


def test_saved_counts_survive_nights_in_a_row(world: Night) -> None:
    stage = FullStage(world)
    for _ in range(4):
        for name in ("stop", "start"):
            stage.sure(name, "staging", who=OLU)
            stage.finish()
            assert world.lit() is (name == "start")
    assert world.store.memory.capacities == {}
