"""A stop that can no longer see what it changed is never closed as if nothing had been done, nor after a look
at another resource of the same name.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.errors import Absent, Denied, Rejected, Trouble, Unanswered
from handlers.words.step import StepRecord, StepState
from policies.record.lifecycle import State
from policies.service.environment import ClusterPick, Environment
from tests.golden import Golden
from tests.handlers.nights import DATABASE, PLACE, FullStage, Night
from tests.handlers.world import OLU


@pytest.fixture
def world() -> Night:
    return Night().catalogue()


@pytest.fixture
def stage(world: Night) -> FullStage:
    return FullStage(world)


def step(stage: FullStage, kind: str) -> StepRecord:
    return next(s for s in stage.operation().steps if s.step.kind == kind)


def point(world: Night, place: Environment) -> None:
    world.store.catalog.write(CatalogChange(put_environments=(place,)))


@pytest.mark.parametrize(
    "place",
    [
        replace(PLACE, region="eu-north-1"),
        replace(PLACE, account="444455556666"),
        replace(PLACE, pick=ClusterPick("other")),
    ],
    ids=["region", "account", "cluster"],
)
def test_services_are_not_looked_at_in_another_place(
    stage: FullStage, world: Night, place: Environment, golden: Golden
) -> None:
    """Services of the same name in the other place may well be at zero."""
    stage.sure("stop", "staging", who=OLU)
    assert step(stage, "set desired").state is StepState.BEGAN
    point(world, place)
    stage.finish()
    counted = step(stage, "set desired")
    assert counted.state is StepState.UNKNOWN
    assert counted.sentence == golden(name="why")
    assert stage.operation().state not in (State.SUCCEEDED, State.FAILED)


def stopping(stage: FullStage, world: Night) -> None:
    """Run the stop until only the database is still on its way."""
    stage.sure("stop", "staging", who=OLU)
    for _ in range(60):
        if step(stage, "stop database").state is StepState.BEGAN:
            return
        stage.forth(1)
    raise AssertionError("its database was never stopped")


def test_a_database_is_the_same_whichever_services_are_picked(stage: FullStage, world: Night) -> None:
    stopping(stage, world)
    point(world, replace(PLACE, pick=ClusterPick("other")))
    stage.finish()
    assert (step(stage, "stop database").state, world.database()) == (StepState.DONE, "stopped")


def test_a_database_of_the_same_name_in_another_region_is_not_the_same(
    stage: FullStage, world: Night
) -> None:
    stopping(stage, world)
    point(world, replace(PLACE, region="eu-north-1"))
    stage.finish()
    assert step(stage, "stop database").state is StepState.UNKNOWN


@pytest.mark.parametrize(
    "trouble",
    [Absent("It is not there."), Denied("It may not."), Rejected("It will not.", "X")],
    ids=["absent", "denied", "rejected"],
)
def test_a_refusal_after_a_lost_answer_does_not_say_that_nothing_was_done(
    stage: FullStage, world: Night, trouble: Trouble
) -> None:
    world.aws().databases.fail("databases.stop", Unanswered("RDS did not answer."), after_effect=True)
    world.aws().databases.fail("databases.stop", trouble, nth=2)
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    assert step(stage, "stop database").state is StepState.UNKNOWN
    assert world.database() in ("stopping", "stopped"), DATABASE
