"""`/env stop` where predictive scaling would start again what it stops: the policy is named beforehand."""

from __future__ import annotations

import pytest

from handlers.words.errors import Denied, Throttled
from policies.access.people import Actor, ClockActor
from tests import telling
from tests.golden import Golden
from tests.handlers.nights import FullStage, Night
from tests.handlers.world import OLU


def noted(stage: FullStage, who: Actor = OLU) -> tuple[str, ...]:
    asked = stage.ask("stop", "staging", who=who, source="clock" if isinstance(who, ClockActor) else "slash")
    return tuple(said for said in telling.notes(asked) if "predictive" in said)


@pytest.fixture
def world() -> Night:
    made = Night().catalogue()
    made.aws().scaling.predict("web", "forecast")
    return made


@pytest.fixture
def stage(world: Night) -> FullStage:
    return FullStage(world)


def test_the_question_names_the_service_and_its_predictive_policy(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    assert noted(stage) == golden
    assert world.called("scaling.predictive") == [(("web",),)], "only what scales is asked about"


def test_a_role_that_may_not_read_policies_is_told_and_the_stop_goes_on(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    world.aws().script.fail("scaling.predictive", Denied("AWS did not allow the bot to read them."))
    assert noted(stage) == golden
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    assert world.dark()


def test_a_temporary_failure_adds_no_note(stage: FullStage, world: Night) -> None:
    world.aws().script.fail("scaling.predictive", Throttled("Too much.", retry_helps=True))
    assert noted(stage) == ()


def test_a_stop_without_a_predictive_policy_says_nothing(stage: FullStage, world: Night) -> None:
    world.aws().scaling.predict("web")
    assert noted(stage) == ()


def test_the_clock_does_not_read_predictive_policies(world: Night) -> None:
    stage = FullStage(world.scheduled(at=world.clock.now()))
    assert noted(stage, ClockActor()) == ()
    assert world.called("scaling.predictive") == []
