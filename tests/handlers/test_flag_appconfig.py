"""`/env flag staging new-checkout on` for a flag in AppConfig: on only when its deployment is complete, one
deployment at a time, and nobody's draft deployed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from handlers.words.errors import Denied, Trouble, Unanswered
from handlers.words.message import Message
from handlers.words.result import Choice, Reply, Unchanged
from policies.access.people import SlackPerson
from policies.record.lifecycle import State
from policies.service.environment import AppConfig, Flag
from tests import telling
from tests.fakes.aws_appconfig import configuration
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, PRODUCTION, QA, STAGING, VIC, World

PLACE = AppConfig("app1234", "env1234", "pro1234", "new-checkout")
DARK = replace(PLACE, flag="dark")
FLAGS = (Flag("new-checkout", appconfig=PLACE), Flag("dark-mode", appconfig=DARK))
FLAGGED = replace(STAGING, flags=FLAGS)
OFF: dict[str, Any] = {"new-checkout": False, "dark": {"enabled": True, "shade": "deep"}}


@pytest.fixture
def world() -> World:
    world = World().catalogue(FLAGGED, QA, PRODUCTION)
    world.scopes.appconfig.create(PLACE, configuration(**OFF))
    return world


def switch(stage: Stage, state: str = "on", who: SlackPerson = DEV, **bound: str) -> Reply:
    return stage.ask("flag", "staging", who=who, arguments={"name": "new-checkout", "state": state, **bound})


def switched(stage: Stage, state: str = "on", **bound: str) -> Message:
    switch(stage, state, DEV, **bound)
    stage.finish()
    return shown(stage)


def shown(stage: Stage) -> Message:
    return stage.parts.told([stage.operations()[-1]])


def deployed(world: World) -> tuple[int, Any]:
    """The version in force, and its configuration."""
    store = world.scopes.appconfig
    rows = store.deployments[(PLACE.application, PLACE.environment)]
    version = next(r.version for r in reversed(rows) if r.state == "COMPLETE")
    return version, json.loads(store.content(PLACE, version))


def counts(world: World) -> tuple[int, int]:
    """How many versions there are, and how many deployments."""
    store = world.scopes.appconfig
    return (
        len(store.profiles[(PLACE.application, PLACE.profile)].versions),
        len(store.deployments[(PLACE.application, PLACE.environment)]),
    )


def labels(said: Reply | Message) -> list[str]:
    return [offer.label for offer in telling.offers(said)]


def show(stage: Stage, name: str = "") -> Reply:
    return stage.ask("flags", "staging", arguments={"name": name} if name else {}, who=VIC)


# A typing error


def test_a_mistyped_flag_is_told_although_another_switch_is_under_way(stage: Stage, golden: Golden) -> None:
    switch(stage)
    answer = stage.ask("flag", "staging", arguments={"name": "new-chekout", "state": "on"})
    assert telling.rule(answer) == "flags.unknown"
    assert (answer.headline, labels(answer)) == golden
    assert telling.rule(switch(stage, "off")) == "gate.busy"


# The question


def test_a_viewer_reads_what_is_deployed_and_not_what_was_written(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.scopes.appconfig.put(PLACE, configuration(**OFF | {"new-checkout": True}))
    every, one = show(stage), show(stage, "dark-mode")
    assert (every.headline, telling.notes(every)) == golden(name="all")
    assert (one.headline, telling.notes(one)) == golden(name="one")
    assert "deep" not in repr((every, one))


def test_a_deployment_under_way_is_told_with_the_flag(stage: Stage, world: World, golden: Golden) -> None:
    version = world.scopes.appconfig.put(PLACE, configuration(**OFF | {"new-checkout": True}))
    world.scopes.appconfig.begin(PLACE, version, "DEPLOYING", 40)
    assert telling.notes(show(stage)) == golden


@pytest.mark.parametrize("case", ["freeform", "undeployed", "variants", "missing"])
def test_what_is_no_plain_flag_is_told_and_not_switched(
    stage: Stage, world: World, case: str, golden: Golden
) -> None:
    store = world.scopes.appconfig
    match case:
        case "freeform":
            store.create(PLACE, b"on: true", "AWS.Freeform")
        case "undeployed":
            store.deployments[(PLACE.application, PLACE.environment)].clear()
        case "variants":
            store.begin(
                PLACE, store.put(PLACE, configuration(**{"new-checkout": {"_variants": []}})), "COMPLETE"
            )
        case "missing":
            store.begin(PLACE, store.put(PLACE, configuration(other=True)), "COMPLETE")
    assert show(stage, "new-checkout").headline == golden(name=f"{case} read")
    refused = switch(stage)
    assert telling.rule(refused) == f"flags.{case}"
    assert refused.headline == golden(name=f"{case} refused")
    assert world.aws().script.count("write_version") == 0


def test_a_profile_that_is_not_there_hides_no_other_flag(stage: Stage, world: World) -> None:
    gone = Flag("gone", appconfig=replace(PLACE, profile="zzzz"))
    world.catalogue(replace(FLAGGED, flags=(*FLAGS, gone)), QA, PRODUCTION)
    notes = telling.notes(show(stage))
    assert any("`gone` is not in AppConfig" in note for note in notes)
    assert any("`dark-mode` is on" in note for note in notes)


# The change


def test_a_flag_is_deployed_with_nothing_else_changed(stage: Stage, world: World, golden: Golden) -> None:
    said = switched(stage)
    assert (telling.headline(said), telling.notes(said), labels(said)) == golden
    version, whole = deployed(world)
    assert version == 2
    assert whole == json.loads(configuration(**OFF | {"new-checkout": True}))
    opened, closed = stage.entries("started", "closed")
    assert opened.before == {"new-checkout": {"value": "false", "version": 1}}
    assert closed.after == {"new-checkout": {"value": "true", "version": 2}}


def test_the_flag_counts_as_on_only_when_its_deployment_is_complete(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.scopes.appconfig.path = ("VALIDATING", "DEPLOYING", "BAKING", "COMPLETE")
    assert telling.notes(switch(stage)) == golden(name="notes")
    said: list[str] = []
    for _ in range(20):
        if stage.operation().state.ended:
            break
        said.append(telling.headline(shown(stage)))
        stage.forward(6)
    assert list(dict.fromkeys(said)) == golden(name="going")
    assert stage.operation().state is State.SUCCEEDED
    assert counts(world) == (2, 2)


def test_a_flag_that_is_so_already_is_left_alone(stage: Stage, world: World) -> None:
    assert isinstance(switch(stage, "off"), Unchanged)
    assert counts(world) == (1, 1)


def test_a_viewer_may_not_switch(stage: Stage, world: World) -> None:
    assert telling.rule(switch(stage, who=VIC)) == "access.role"
    assert counts(world) == (1, 1)


@pytest.mark.parametrize("other", [replace(PLACE, environment="prod123"), replace(PLACE, profile="other12")])
def test_what_production_uses_too_is_not_switched_from_here(
    stage: Stage, world: World, other: AppConfig
) -> None:
    world.catalogue(FLAGGED, QA, replace(PRODUCTION, flags=(Flag("x", appconfig=other),)))
    assert telling.rule(switch(stage)) == "flags.production"
    assert counts(world) == (1, 1)


# What is in the way


@pytest.mark.parametrize("profile", [PLACE.profile, "another"])
def test_one_deployment_at_a_time(stage: Stage, world: World, profile: str, golden: Golden) -> None:
    store = world.scopes.appconfig
    store.begin(replace(PLACE, profile=profile), 1, "BAKING")
    stage.forward(90)
    refused = switch(stage)
    assert telling.rule(refused) == "flags.deploying"
    assert refused.headline == golden(name=profile)
    assert counts(world) == (1, 2)


def test_a_draft_of_somebody_else_is_told_and_neither_deployed_nor_replaced(
    stage: Stage, world: World, golden: Golden
) -> None:
    draft = {"new-checkout": True, "dark": {"enabled": False, "shade": "black"}, "beta": True}
    world.scopes.appconfig.put(PLACE, configuration(**draft))
    refused = switch(stage)
    assert telling.rule(refused) == "flags.draft"
    assert refused.headline == golden
    assert "black" not in refused.headline
    assert counts(world) == (2, 1)


def test_a_newer_version_that_changes_nothing_is_no_draft(stage: Stage, world: World) -> None:
    world.scopes.appconfig.put(PLACE, configuration(**OFF))
    switched(stage)
    assert deployed(world)[0] == 3


def test_an_experiment_is_not_distorted(stage: Stage, world: World, golden: Golden) -> None:
    world.scopes.appconfig.experiment = "checkout-colours"
    refused = switch(stage)
    assert (telling.rule(refused), refused.headline) == golden


# Races


@pytest.mark.parametrize("what", ["version", "deployment"])
def test_somebody_else_between_plan_and_act_is_not_overtaken(world: World, golden: Golden, what: str) -> None:
    stage, store = Stage(world), world.scopes.appconfig
    world.aws().script.fail("feature_facts", Unanswered("AWS did not answer."), nth=2)
    switch(stage)
    theirs = store.put(PLACE, configuration(**OFF | {"dark": False}))
    if what == "deployment":
        store.begin(PLACE, theirs, "COMPLETE")
    stage.finish()
    assert (stage.operation().state, telling.headline(shown(stage))) == golden(name="overtaken")
    assert counts(world)[0] == 2


def test_a_deployment_that_somebody_else_began_after_ours_was_written_is_kept(
    world: World, golden: Golden
) -> None:
    stage, store = Stage(world), world.scopes.appconfig
    world.aws().script.fail("deploy_version", Unanswered("AWS did not answer."))
    switch(stage)
    store.begin(PLACE, 1, "BAKING")
    stage.finish()
    assert (stage.operation().state, telling.headline(shown(stage))) == golden
    assert (counts(world), labels(shown(stage))) == ((2, 2), [])


# What may go wrong


@pytest.mark.parametrize("call", ["write_version", "deploy_version"])
def test_a_lost_answer_is_looked_for_and_nothing_is_done_twice(stage: Stage, world: World, call: str) -> None:
    world.aws().script.fail(call, Unanswered("AWS did not answer."), after_effect=True)
    switched(stage)
    assert stage.operation().state is State.SUCCEEDED
    assert counts(world) == (2, 2)
    assert world.aws().script.count(call) == 1
    assert labels(shown(stage)) == ["Undo"]


@pytest.mark.parametrize(
    ("call", "search"), [("write_version", "find_version"), ("deploy_version", "find_deployment")]
)
def test_a_search_for_a_lost_answer_that_fails_is_made_again(
    stage: Stage, world: World, call: str, search: str
) -> None:
    script = world.aws().script
    script.fail(call, Unanswered("AWS did not answer."), after_effect=True)
    script.fail(search, Trouble("AWS had a failure of its own.", retry_helps=True))
    switched(stage)
    assert stage.operation().state is State.SUCCEEDED
    assert (counts(world), script.count(call), script.count(search)) == ((2, 2), 1, 2)


@pytest.mark.parametrize("call", ["write_version", "deploy_version"])
def test_a_denial_is_told_and_the_flag_is_as_before(
    stage: Stage, world: World, call: str, golden: Golden
) -> None:
    world.aws().script.fail(call, Denied("AWS did not allow the bot to switch the flag new-checkout."))
    said = switched(stage)
    assert stage.operation().state is State.FAILED
    assert (telling.headline(said), labels(said)) == golden(name=call)
    assert deployed(world)[0] == 1


@pytest.mark.parametrize(
    ("state", "by", "why"),
    [
        ("ROLLED_BACK", "CLOUDWATCH_ALARM", "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:errors-high"),
        ("ROLLED_BACK", "USER", "arn:aws:iam::123456789012:user/olu"),
        ("REVERTED", "USER", ""),
        ("ROLLED_BACK", "INTERNAL_ERROR", ""),
    ],
)
def test_a_rollback_is_a_failure_with_its_cause(
    stage: Stage, world: World, golden: Golden, state: str, by: str, why: str
) -> None:
    store = world.scopes.appconfig
    store.path, store.by, store.why = ("DEPLOYING", "ROLLING_BACK", state), by, why
    said = switched(stage)
    assert stage.operation().state is State.ROLLED_BACK
    assert (telling.headline(said), labels(said)) == golden(name=f"{state} {by}")
    assert "123456789012" not in telling.headline(said)
    store.path = ("COMPLETE",)
    switched(stage)
    assert deployed(world)[0] == 3, "a version of ours that was rolled back is nobody's draft"


def test_a_deployment_that_does_not_end_is_no_longer_waited_for(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.scopes.appconfig.path = ("BAKING",)
    switch(stage)
    for _ in range(60):
        stage.forward(31)
    assert stage.operation().state is State.TIMED_OUT
    assert telling.headline(shown(stage)) == golden


# Afterwards


def test_undo_of_a_message_of_the_release_before_deploys_the_state_before(stage: Stage, world: World) -> None:
    """Such a button names no deployment."""
    undo = telling.offers(switched(stage))[-1]
    bound = {"name": "new-checkout", "state": "off", "expected": "2"}
    assert (undo.operation, dict(undo.arguments)) == ("flag", bound | {"deployment": "2"})
    stage.forward(90)
    switched(stage, **bound)
    version, whole = deployed(world)
    assert (version, whole) == (3, json.loads(configuration(**OFF)))


def test_an_undo_of_what_was_deployed_since_asks(stage: Stage, world: World, golden: Golden) -> None:
    switched(stage)
    store = world.scopes.appconfig
    store.begin(
        PLACE, store.put(PLACE, configuration(**OFF | {"new-checkout": True, "dark": False})), "COMPLETE"
    )
    asked = switch(stage, "off", expected="2")
    assert isinstance(asked, Choice)
    assert (asked.headline, labels(asked)) == golden
    assert counts(world) == (3, 3)
