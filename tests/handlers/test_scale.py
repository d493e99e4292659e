"""`/env scale`: another number of tasks, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.gate.aftermath import following
from handlers.tell.endings import Reversible
from handlers.tell.reply import message
from handlers.words.errors import Denied, Unanswered
from handlers.words.message import Offer
from handlers.words.result import Report
from handlers.words.step import StepState
from policies.capacity.facts import ScalingFacts
from policies.record.lifecycle import State
from policies.service.environment import Bound, Flag
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, OLU, QA, STAGING, World

BOUNDS = (Bound("orders-api", 0, 6),)


@pytest.fixture
def world() -> World:
    return World().catalogue(replace(STAGING, scale=BOUNDS), QA)


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


def scaled(stage: Stage, count: int = 4) -> Report:
    """Scale as Olu, and wait for the end."""
    stage.ask("scale", "staging", "orders-api", who=OLU, arguments={"count": str(count)})
    stage.finish()
    return told(stage)


def told(stage: Stage, number: int = -1) -> Report:
    return stage.parts.report(stage.operations()[number])


def undo(stage: Stage, number: int = -1) -> list[Offer]:
    return [offer for offer in told(stage, number).offers if offer.label == "Undo"]


def desired(world: World) -> int:
    return world.aws().services.known()["orders-api"].desired


def test_a_change_of_a_flag_moves_no_service_that_was_scaled(stage: Stage, world: World) -> None:
    """Both are changes with an Undo, whose messages are redrawn together."""
    flag = Flag("beta", "/staging/beta")
    world.catalogue(replace(STAGING, scale=BOUNDS, flags=(flag,)), QA)
    world.scopes.parameters.put(flag.parameter, "false")
    scaled(stage)
    stage.ask("flag", "staging", arguments={"name": "beta", "state": "on"})
    stage.finish()
    first, second = stage.operations()
    since = following(stage.parts.ground, (first, second), stage.parts.clock.now())
    assert [stood.over for stood in since.values() if isinstance(stood, Reversible)] == [False, False]


def test_a_service_gets_the_count_that_is_asked_for(stage: Stage, world: World, golden: Golden) -> None:
    assert scaled(stage).headline == golden
    assert (desired(world), stage.operation().state) == (4, State.SUCCEEDED)
    assert stage.entries("started")[0].before["orders-api"]["desired"] == 2
    assert stage.entries("closed")[0].after["orders-api"]["desired"] == 4


def test_fewer_tasks_are_waited_for_too(stage: Stage, world: World, golden: Golden) -> None:
    assert scaled(stage, 0).headline == golden
    assert desired(world) == 0


def test_a_developer_may_not(stage: Stage, world: World) -> None:
    reply = stage.ask("scale", "staging", "orders-api", who=DEV, arguments={"count": "4"})
    assert (telling.status(reply), desired(world)) == ("refused", 2)


@pytest.mark.parametrize("count", ["7", "many", "-1", "4.5"])
def test_a_count_that_cannot_be_changes_nothing(stage: Stage, world: World, count: str) -> None:
    stage.ask("scale", "staging", "orders-api", who=OLU, arguments={"count": count})
    assert (desired(world), stage.operations()) == (2, [])


def test_the_same_count_changes_nothing(stage: Stage, golden: Golden) -> None:
    reply = stage.ask("scale", "staging", "orders-api", who=OLU, arguments={"count": "2"})
    assert (telling.status(reply), stage.operations()) == ("unchanged", [])
    assert reply.headline == golden


def test_a_service_that_sleeps_with_its_environment_is_not_scaled(
    stage: Stage, world: World, golden: Golden
) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    reply = stage.ask("scale", "staging", "orders-api", who=OLU, arguments={"count": "4"})
    assert (telling.status(reply), desired(world)) == ("not now", 0)
    assert reply.headline == golden
    assert [offer.operation for offer in telling.offers(reply)] == ["start"]


def test_what_may_change_the_count_again_is_told(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().scaling.put("orders-api", ScalingFacts(1, 5))
    world.aws().scaling.predict("orders-api", "morning")
    reply = stage.ask("scale", "staging", "orders-api", who=OLU, arguments={"count": "4"})
    assert telling.notes(reply) == golden


def test_predictive_scaling_that_may_not_be_read_is_told(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().scaling.put("orders-api", ScalingFacts(1, 5))
    world.aws().scaling.fail("predictive", Denied("The role may not read scaling policies."))
    reply = stage.ask("scale", "staging", "orders-api", who=OLU, arguments={"count": "4"})
    assert telling.notes(reply)[-1] == golden


def test_a_count_that_somebody_gave_before_the_call_stays(stage: Stage, world: World) -> None:
    world.aws().services.fail("set_desired", Unanswered("no answer"))
    stage.ask("scale", "staging", "orders-api", who=OLU, arguments={"count": "4"})
    world.aws().services.change("orders-api", desired=5)
    stage.finish()
    assert (desired(world), stage.operation().state) == (5, State.SUPERSEDED)
    assert undo(stage) == []


def test_an_answer_that_was_lost_is_asked_for_again(stage: Stage, world: World) -> None:
    world.aws().services.fail("set_desired", Unanswered("no answer"), after_effect=True)
    scaled(stage)
    assert (desired(world), stage.operation().state) == (4, State.SUCCEEDED)


def test_tasks_that_do_not_come_up_are_told_in_time_and_can_be_undone(stage: Stage, golden: Golden) -> None:
    stage.ask("scale", "staging", "orders-api", who=OLU, arguments={"count": "4"})
    stage.forward(16 * 60)
    stage.forward(5)
    assert stage.operation().steps[0].state is StepState.TIMED_OUT
    assert told(stage).headline == golden
    assert [offer.arguments["count"] for offer in undo(stage)] == ["2"]


def test_undo_brings_back_the_count_and_the_message_says_by_whom(
    stage: Stage, world: World, golden: Golden
) -> None:
    (offer,) = message(scaled(stage)).offers[:1]
    assert (offer.label, offer.expires_in > timedelta(hours=23)) == ("Undo", True)
    (recorded,) = stage.parts.offers.record((offer,), generation=1, now=world.clock.now())
    stage.press(recorded, who=OLU)
    stage.finish()
    assert desired(world) == 2
    assert undo(stage, 0) == []
    assert telling.notes(told(stage, 0)) == golden
    assert [offer.arguments["count"] for offer in undo(stage)] == ["4"]


def test_undo_goes_through_the_gate(stage: Stage, world: World) -> None:
    (offer,) = message(scaled(stage)).offers[:1]
    (recorded,) = stage.parts.offers.record((offer,), generation=1, now=world.clock.now())
    assert telling.status(stage.press(recorded, who=DEV)) == "refused"
    assert desired(world) == 4


def test_a_count_that_is_no_longer_what_was_left_is_not_undone_unasked(
    stage: Stage, world: World, golden: Golden
) -> None:
    (offer,) = message(scaled(stage)).offers[:1]
    (recorded,) = stage.parts.offers.record((offer,), generation=1, now=world.clock.now())
    world.aws().services.change("orders-api", desired=5)
    reply = stage.press(recorded, who=OLU)
    assert desired(world) == 5
    assert reply.headline == golden
    (anyway,) = telling.offers(reply)
    stage.press(anyway, who=OLU)
    assert desired(world) == 2


@pytest.mark.parametrize("then", ["scale", "stop", "a day"])
def test_what_changed_again_or_is_old_offers_no_undo(stage: Stage, then: str, golden: Golden) -> None:
    scaled(stage)
    if then == "a day":
        stage.forward(24 * 3600)
    elif then == "scale":
        scaled(stage, 3)
    else:
        stage.sure("stop", "staging", who=OLU)
        stage.finish()
    assert undo(stage, 0) == []
    assert telling.notes(told(stage, 0)) == golden


def test_a_restart_in_between_leaves_the_count_to_be_undone(stage: Stage) -> None:
    scaled(stage)
    stage.ask("restart", "staging", "orders-api", who=OLU)
    stage.finish()
    assert len(undo(stage, 0)) == 1
