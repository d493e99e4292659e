"""**Undo** of a flag in AppConfig takes its deployment back: a complete one is reverted, one under way is
stopped, and what somebody else deployed since is left alone."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from handlers.words.errors import Denied, Unanswered
from handlers.words.message import Message
from handlers.words.result import Reply
from policies.record.lifecycle import State
from policies.service.environment import AppConfig, Flag
from tests import telling
from tests.fakes.aws_appconfig import FakeAppConfig, configuration
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, OLU, PRODUCTION, QA, STAGING, VIC, World

PLACE = AppConfig("app1234", "env1234", "pro1234", "new-checkout")
FLAG = Flag("new-checkout", appconfig=PLACE)
OFF = {"new-checkout": False, "dark": True}
HOUR = 3600


@pytest.fixture
def world() -> World:
    world = World().catalogue(replace(STAGING, flags=(FLAG,)), QA, PRODUCTION)
    world.scopes.appconfig.create(PLACE, configuration(**OFF))
    return world


@pytest.fixture
def store(world: World) -> FakeAppConfig:
    return world.scopes.appconfig


def switched_on(stage: Stage) -> Message:
    stage.ask("flag", "staging", arguments={"name": "new-checkout", "state": "on"})
    stage.finish()
    return shown(stage)


def baking(stage: Stage, store: FakeAppConfig) -> Message:
    """Have the flag be deployed until its deployment bakes."""
    store.path = ("BAKING",)
    stage.ask("flag", "staging", arguments={"name": "new-checkout", "state": "on"})
    stage.forward(6)
    return shown(stage)


def undo(stage: Stage, said: Message, **rest: object) -> Reply:
    """Press **Undo**, and wait for the end of everything."""
    reply = press(stage, said, **rest)
    stage.finish()
    return reply


def press(stage: Stage, said: Message, **rest: object) -> Reply:
    (button,) = [offer for offer in telling.offers(said) if offer.label == "Undo"]
    who = rest.get("who", OLU)
    return stage.ask(button.operation, "staging", arguments=dict(button.arguments), who=who)


def shown(stage: Stage, number: int = -1) -> Message:
    return stage.parts.told([stage.operations()[number]])


def states(store: FakeAppConfig) -> list[tuple[int, str]]:
    rows = store.deployments[(PLACE.application, PLACE.environment)]
    return [(row.version, row.state) for row in rows]


def is_on(store: FakeAppConfig) -> bool:
    version = [v for v, state in states(store) if state == "COMPLETE"][-1]
    return bool(json.loads(store.content(PLACE, version))["values"]["new-checkout"]["enabled"])


# A complete deployment


def test_undo_reverts_the_deployment_and_deploys_nothing(
    stage: Stage, world: World, store: FakeAppConfig, golden: Golden
) -> None:
    done = switched_on(stage)
    store.path_back = ("ROLLING_BACK",)
    stage.forward(HOUR)
    press(stage, done)
    assert (telling.headline(shown(stage)), telling.notes(shown(stage))) == golden(name="going")
    stage.finish()
    assert states(store) == [(1, "COMPLETE"), (2, "REVERTED")]
    assert not is_on(store)
    assert telling.headline(shown(stage)) == golden(name="undone")
    first = shown(stage, 0)
    assert (telling.headline(first), telling.notes(first), telling.offers(first)) == golden(name="first")
    *_, opened, closed = stage.entries("started", "closed")
    assert opened.before == {"new-checkout": {"value": "true", "version": 2}}
    assert closed.after == {"new-checkout": {"value": "false", "version": 1}}


def test_an_undo_can_be_undone_by_a_deployment_of_its_own(stage: Stage, store: FakeAppConfig) -> None:
    undo(stage, switched_on(stage))
    undo(stage, shown(stage))
    assert states(store) == [(1, "COMPLETE"), (2, "REVERTED"), (3, "COMPLETE")]
    assert is_on(store)


def test_a_draft_is_in_nobodys_way_of_a_revert(stage: Stage, store: FakeAppConfig) -> None:
    done = switched_on(stage)
    store.put(PLACE, configuration(**OFF | {"dark": False}))
    undo(stage, done)
    assert states(store)[-1] == (2, "REVERTED")


def test_a_deployment_of_another_profile_after_it_has_the_state_before_deployed_anew(
    stage: Stage, store: FakeAppConfig, golden: Golden
) -> None:
    done = switched_on(stage)
    store.begin(replace(PLACE, profile="another"), 1, "COMPLETE")
    press(stage, done)
    assert telling.notes(shown(stage)) == golden
    stage.finish()
    assert states(store)[-1] == (3, "COMPLETE")
    assert not is_on(store)


def test_what_was_complete_for_three_days_is_deployed_anew(stage: Stage, store: FakeAppConfig) -> None:
    """The operation may have been closed long after its deployment was complete."""
    done = switched_on(stage)
    stage.forward(71 * HOUR)
    stage.ask("flag", "staging", arguments=dict(telling.offers(done)[-1].arguments))
    stage.finish()
    assert states(store)[1:] == [(2, "COMPLETE"), (3, "COMPLETE")]


def test_an_experiment_is_not_distorted_by_an_undo(stage: Stage, store: FakeAppConfig) -> None:
    done = switched_on(stage)
    store.experiment = "checkout-colours"
    assert telling.rule(undo(stage, done)) == "flags.experiment"
    assert states(store)[-1] == (2, "COMPLETE")


def test_a_viewer_may_not_undo(stage: Stage, store: FakeAppConfig) -> None:
    assert telling.rule(undo(stage, switched_on(stage), who=VIC)) == "access.role"
    assert states(store)[-1] == (2, "COMPLETE")


def test_somebody_elses_deployment_between_plan_and_act_is_not_taken_back(
    world: World, store: FakeAppConfig, golden: Golden
) -> None:
    stage = Stage(world)
    done = switched_on(stage)
    world.aws().script.fail("newest_deployment", Unanswered("AWS did not answer."))
    press(stage, done)
    store.begin(PLACE, store.put(PLACE, configuration(**OFF | {"new-checkout": True})), "COMPLETE")
    stage.finish()
    assert stage.operations()[-1].state is State.SUPERSEDED
    assert telling.headline(shown(stage)) == golden
    assert states(store)[1:] == [(2, "COMPLETE"), (3, "COMPLETE")]


def test_a_denial_is_told_and_the_flag_is_as_it_was(
    stage: Stage, world: World, store: FakeAppConfig, golden: Golden
) -> None:
    done = switched_on(stage)
    world.aws().script.fail("revert_deployment", Denied("AWS did not allow the bot to take it back."))
    undo(stage, done)
    assert stage.operations()[-1].state is State.FAILED
    assert telling.headline(shown(stage)) == golden
    assert is_on(store)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_lost_answer_is_looked_for_before_anything_is_sent_again(
    stage: Stage, world: World, store: FakeAppConfig, arrived: bool
) -> None:
    done = switched_on(stage)
    world.aws().script.fail("revert_deployment", Unanswered("AWS did not answer."), after_effect=arrived)
    undo(stage, done)
    assert stage.operations()[-1].state is State.SUCCEEDED
    assert states(store) == [(1, "COMPLETE"), (2, "REVERTED")]
    assert world.aws().script.count("revert_deployment") == (1 if arrived else 2)


def test_a_deployment_that_is_not_taken_back_is_no_longer_waited_for(
    stage: Stage, store: FakeAppConfig, golden: Golden
) -> None:
    done = switched_on(stage)
    store.path_back = ("ROLLING_BACK",) * 400
    press(stage, done)
    for _ in range(40):
        stage.forward(31)
    assert stage.operations()[-1].state is State.TIMED_OUT
    assert telling.headline(shown(stage)) == golden


def test_what_was_in_force_before_may_be_another_state(
    stage: Stage, store: FakeAppConfig, golden: Golden
) -> None:
    """AppConfig decides to what it goes back, so the flag is read afterwards."""
    done = switched_on(stage)
    store.profiles[(PLACE.application, PLACE.profile)].versions[0] = (
        configuration(**OFF | {"new-checkout": True}),
        "",
    )
    undo(stage, done)
    assert stage.operations()[-1].state is State.SUPERSEDED
    assert telling.headline(shown(stage)) == golden


# A deployment under way


def test_undo_under_way_stops_the_deployment_and_both_end_truly(
    stage: Stage, world: World, store: FakeAppConfig, golden: Golden
) -> None:
    going = baking(stage, store)
    store.path_back = ("ROLLING_BACK",)
    reply = press(stage, going)
    assert reply.headline == golden(name="reply")
    stage.finish()
    assert states(store) == [(1, "COMPLETE"), (2, "ROLLED_BACK")]
    changed, withdrew = stage.operations()
    assert (changed.state, withdrew.state) == (State.SUPERSEDED, State.SUCCEEDED)
    first = shown(stage, 0)
    assert (telling.headline(first), telling.notes(first), telling.offers(first)) == golden(name="first")
    assert telling.headline(shown(stage)) == golden(name="second")
    assert [e.kind for e in stage.entries()] == ["started", "started", "closed", "closed"]


def test_nothing_offers_to_undo_what_is_being_taken_back(stage: Stage, store: FakeAppConfig) -> None:
    going = baking(stage, store)
    store.path_back = ("ROLLING_BACK",) * 9
    press(stage, going)
    stage.forward(31)
    assert telling.offers(shown(stage, 0)) == ()
    again = stage.ask("withdraw", "staging", arguments={"name": "new-checkout"}, who=DEV)
    assert telling.rule(again) == "gate.busy"


def test_it_can_be_typed_and_needs_a_deployment_of_ours(
    stage: Stage, store: FakeAppConfig, golden: Golden
) -> None:
    store.begin(PLACE, 1, "BAKING")
    none = stage.ask("withdraw", "staging", arguments={"name": "new-checkout"})
    assert (telling.status(none), none.headline) == golden(name="none")
    store.end(PLACE, 2, "COMPLETE")
    baking(stage, store)
    stage.ask("withdraw", "staging", arguments={"name": "new-checkout"}, who=OLU)
    stage.finish()
    assert [state for _, state in states(store)] == ["COMPLETE", "COMPLETE", "ROLLED_BACK"]


def test_a_flag_that_the_catalog_does_not_name_and_one_in_a_parameter_are_not_being_deployed(
    stage: Stage, world: World
) -> None:
    world.catalogue(replace(STAGING, flags=(Flag("beta", "/staging/beta"),)), QA, PRODUCTION)
    assert telling.rule(stage.ask("withdraw", "staging", arguments={"name": "bet"})) == "flags.unknown"
    assert telling.status(stage.ask("withdraw", "staging", arguments={"name": "beta"})) == "unchanged"


def test_what_is_complete_by_then_is_left_to_the_undo_of_its_message(
    stage: Stage, store: FakeAppConfig, golden: Golden
) -> None:
    going = baking(stage, store)
    store.path = ("COMPLETE",)
    late = press(stage, going)
    assert (telling.status(late), late.headline) == golden
    stage.finish()
    assert is_on(store)
    undo(stage, shown(stage))
    assert states(store)[-1] == (2, "REVERTED")


def test_what_becomes_complete_between_plan_and_act_is_left_alone(
    stage: Stage, store: FakeAppConfig, golden: Golden
) -> None:
    going = baking(stage, store)
    store.path = ("BAKING", "COMPLETE")
    undo(stage, going)
    assert stage.operations()[-1].state is State.FAILED
    assert telling.headline(shown(stage)) == golden
    assert is_on(store)


def test_a_stop_that_reaches_what_has_just_become_complete_is_told_by_the_change(
    stage: Stage, world: World, store: FakeAppConfig, golden: Golden
) -> None:
    """The stop was sent while the deployment baked, and arrived after the change had seen it complete."""
    going, script = baking(stage, store), world.aws().script
    script.fail("revert_deployment", Unanswered("AWS did not answer."))
    press(stage, going)
    store.path = ("COMPLETE",)
    world.forward(6)
    stage.advance.once(stage.operations()[0].id)
    assert [o.state for o in stage.operations()] == [State.SUCCEEDED, State.RUNNING]
    store.revert(PLACE, 2)
    stage.finish()
    assert [o.state for o in stage.operations()] == [State.SUCCEEDED, State.SUCCEEDED]
    first = shown(stage, 0)
    assert (telling.headline(first), telling.notes(first), telling.offers(first)) == golden
    assert script.count("revert_deployment") == 1


def test_an_alarm_that_was_first_is_named_and_nobody_else(
    stage: Stage, store: FakeAppConfig, golden: Golden
) -> None:
    going = baking(stage, store)
    store.path, store.by = ("BAKING", "ROLLED_BACK"), "CLOUDWATCH_ALARM"
    undo(stage, going)
    assert [o.state for o in stage.operations()] == [State.ROLLED_BACK, State.SUCCEEDED]
    assert (telling.headline(shown(stage, 0)), telling.headline(shown(stage))) == golden


@pytest.mark.parametrize("arrived", [True, False])
def test_a_lost_answer_to_a_stop_is_looked_for(
    stage: Stage, world: World, store: FakeAppConfig, arrived: bool
) -> None:
    going = baking(stage, store)
    world.aws().script.fail("revert_deployment", Unanswered("AWS did not answer."), after_effect=arrived)
    undo(stage, going)
    assert [o.state for o in stage.operations()] == [State.SUPERSEDED, State.SUCCEEDED]
    assert world.aws().script.count("revert_deployment") == (1 if arrived else 2)


def test_a_flag_that_the_catalog_keeps_elsewhere_by_now_is_not_stopped_there(
    stage: Stage, world: World, store: FakeAppConfig
) -> None:
    baking(stage, store)
    moved = replace(PLACE, environment="env5678")
    store.create(moved, configuration(**OFF))
    store.begin(moved, 1, "BAKING")
    world.catalogue(replace(STAGING, flags=(replace(FLAG, appconfig=moved),)), QA, PRODUCTION)
    reply = stage.ask("withdraw", "staging", arguments={"name": "new-checkout"}, who=OLU)
    assert telling.status(reply) == "unchanged"
    assert [r.state for r in store.deployments[(moved.application, moved.environment)]][-1] == "BAKING"


def test_what_production_uses_too_is_not_stopped_from_here(
    stage: Stage, world: World, store: FakeAppConfig
) -> None:
    going = baking(stage, store)
    shared = replace(PRODUCTION, flags=(Flag("x", appconfig=replace(PLACE, profile="other12")),))
    world.catalogue(replace(STAGING, flags=(FLAG,)), QA, shared)
    assert telling.rule(press(stage, going)) == "flags.production"
    assert states(store)[-1] == (2, "BAKING")
