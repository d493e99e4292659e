"""`/env stop` and the databases: what cannot stop, what RDS refuses, what others use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.gate.fitting import fit, in_channel
from handlers.words.errors import Rejected
from handlers.words.result import Reply
from policies.access.people import ClockActor, SlackPerson
from policies.capacity.facts import SavedCapacity
from policies.record.lifecycle import State
from tests import telling
from tests.handlers.nights import DATABASE, PLACE, FullStage, Night
from tests.handlers.world import ADA, OLU, PRODUCTION, QA, service


@pytest.fixture
def world() -> Night:
    return Night().catalogue()


@pytest.fixture
def stage(world: Night) -> FullStage:
    return FullStage(world)


def stop(stage: FullStage) -> Reply:
    return stage.sure("stop", "staging", who=OLU)


def test_a_database_that_cannot_stop_is_left_on_and_named(stage: FullStage, world: Night) -> None:
    world.scopes.rds.change(DATABASE, cannot_stop="it has a read replica")
    assert "read replica" in telling.note(stop(stage), f"`{DATABASE}`")
    stage.finish()
    assert stage.operation().state is State.SUCCEEDED


def test_a_missing_database_is_named(stage: FullStage, world: Night) -> None:
    world.scopes.rds.remove(DATABASE)
    assert telling.note(stop(stage), f"`{DATABASE}`").startswith("RDS has no ")


def test_a_temporary_refusal_is_repeated_until_rds_accepts(stage: FullStage, world: Night) -> None:
    world.scopes.rds.change(DATABASE, status="backing-up")
    stop(stage)
    stage.forth(times=6)
    assert len(world.called("databases.stop")) > 1
    world.scopes.rds.change(DATABASE, status="available")
    stage.finish()
    assert (world.dark(), stage.operation().state) == (True, State.SUCCEEDED)


def test_a_temporary_refusal_that_never_ends_fails_after_an_hour(stage: FullStage, world: Night) -> None:
    world.scopes.rds.change(DATABASE, status="backing-up")
    stop(stage)
    for _ in range(400):
        stage.forth(10)
    assert stage.operation().state is State.PARTIAL
    assert f"{DATABASE} is backing-up" in stage.operation().summary


def test_a_permanent_refusal_fails_at_once(stage: FullStage, world: Night) -> None:
    world.aws().databases.fail("databases.stop", Rejected("RDS does not stop it.", "InvalidParameter"))
    stop(stage)
    stage.finish()
    assert (stage.operation().state, len(world.called("databases.stop"))) == (State.PARTIAL, 1)


def shared(world: Night, *others: Any) -> FullStage:
    world.catalogue(PLACE, *others)
    return FullStage(world)


def test_a_shared_database_stays_on_for_whoever_is_up(world: Night) -> None:
    stage = shared(world, replace(QA, databases=(DATABASE,), channel=PLACE.channel))
    assert "`qa-eu`" in telling.note(stop(stage), f"`{DATABASE}` stays on")
    stage.finish()
    assert (world.database(), stage.operation().state) == ("available", State.SUCCEEDED)


def test_a_shared_database_stops_with_the_last_environment(world: Night) -> None:
    stage = shared(world, replace(QA, databases=(DATABASE,)))
    world.aws("qa-eu").services.put(service("shop"))
    stage.sure("stop", "qa-eu", who=OLU)
    stage.finish()
    assert world.database() == "available"
    stop(stage)
    stage.finish()
    assert world.dark()


def test_a_database_that_production_uses_is_never_stopped(world: Night) -> None:
    stage = shared(world, replace(PRODUCTION, databases=(DATABASE,)))
    world.store.memory.capacities["production"] = SavedCapacity()
    stop(stage)
    stage.finish()
    assert world.database() == "available"


@pytest.mark.parametrize(
    ("who", "named"), [(ADA, "`production`"), (OLU, "another environment")], ids=["sees it", "does not"]
)
def test_an_environment_is_named_only_to_those_who_may_view_it(
    world: Night, who: SlackPerson, named: str
) -> None:
    """This holds before anything is done. What is done is then told in a channel, where others read it."""
    stage = shared(world, replace(PRODUCTION, databases=(DATABASE,)))
    told = stage.ask("stop", "staging", who=who)
    stage.press(telling.offers(told)[0], who=who)
    assert f"Database `{DATABASE}` stays on: {named} uses it." in telling.notes(told)
    stage.finish()
    assert stage.operation().state is State.SUCCEEDED
    assert "production" not in str(stage.operations())
    assert f"Database `{DATABASE}` stays on: another environment uses it." in stage.operation().notes


def test_a_later_finding_of_a_step_is_worded_for_the_channel(world: Night) -> None:
    stage = shared(world, replace(PRODUCTION, channel="C0OTHER"))
    stage.sure("stop", "staging", who=ADA)
    world.catalogue(PLACE, replace(PRODUCTION, channel="C0OTHER", databases=(DATABASE,)))
    stage.finish()
    assert world.database() == "available"
    said = [step.sentence for step in stage.operation().steps]
    assert f"Database `{DATABASE}` stays on: another environment uses it." in said


def test_environments_without_a_channel_do_not_share_a_channel(world: Night) -> None:
    world.catalogue(replace(PLACE, channel=""), replace(QA, channel=""))
    state = world.store.catalog.read()
    assert in_channel(state.environments[0], state) == {state.environments[0].name}


def test_the_clock_may_name_the_environments_of_its_channel_only(world: Night) -> None:
    world.catalogue(PLACE, replace(QA, channel=PLACE.channel), replace(PRODUCTION, channel="C0OTHER"))
    parts = FullStage(world).parts
    assert fit(parts, PLACE, ClockActor(), world.store.catalog.read()).seen == {PLACE.name, QA.name}


def test_an_environment_that_starts_meanwhile_keeps_its_database(world: Night) -> None:
    stage = shared(world, replace(QA, databases=(DATABASE,), channel=PLACE.channel))
    world.store.memory.capacities["qa-eu"] = SavedCapacity()
    stop(stage)
    assert stage.operation().steps[-1].step.kind == "stop database"
    del world.store.memory.capacities["qa-eu"]
    stage.finish()
    assert (world.database(), stage.operation().state) == ("available", State.SUCCEEDED)
    assert "stays on: `qa-eu`" in stage.operation().steps[-1].sentence
