"""`/env stop` and `/env start` of services on instances: the group stops last and starts first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.words.result import Reply
from handlers.words.step import StepState
from policies.capacity.facts import GroupFacts, SavedCapacity
from policies.record.lifecycle import State
from tests import telling
from tests.golden import Golden
from tests.handlers.nights import DATABASE, FullStage, Night
from tests.handlers.world import OLU, World

SIZES = GroupFacts(1, 4, 2)


class Still(Night):
    """Instances come and go only when the test says so."""

    def move(self) -> None:
        World.move(self)


@pytest.fixture
def world() -> Night:
    made = Still().catalogue()
    made.aws().groups.put("ec2", SIZES)
    for name in ("orders-api", "web"):
        made.aws().services.change(name, providers=("ec2",))
    return made


@pytest.fixture
def stage(world: Night) -> FullStage:
    return FullStage(world)


def ask(stage: FullStage, name: str, **rest: Any) -> Reply:
    return stage.sure(name, "staging", **{"who": OLU, **rest})


def run(stage: FullStage, world: Night, times: int = 12) -> None:
    for _ in range(times):
        world.aws().groups.move()
        stage.forth(16)


def sizes(world: Night) -> GroupFacts:
    return world.aws().groups.known("ec2").sizes


def order(stage: FullStage) -> list[str]:
    steps = sorted(stage.operations()[-1].steps, key=lambda s: (s.began_at is None, s.began_at, s.position))
    return [s.step.kind for s in steps]


def test_a_night_takes_the_instances_last_and_a_morning_brings_them_first(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    ask(stage, "stop")
    run(stage, world)
    assert (world.dark(), sizes(world)) == (True, GroupFacts(0, 4, 0))
    assert stage.operation().state is State.SUCCEEDED
    assert order(stage)[-1] == "shrink group"
    assert stage.operation().summary == golden
    ask(stage, "start")
    began = order(stage)
    assert began.index("grow group") < began.index("set desired")
    run(stage, world)
    assert (world.lit(), sizes(world), world.saved()) == (True, SIZES, False)


def test_no_service_starts_before_its_instances_exist(stage: FullStage, world: Night) -> None:
    ask(stage, "stop")
    run(stage, world)
    ask(stage, "start")
    stage.forth(16, times=4)
    assert not any(world.counts().values())
    run(stage, world)
    assert world.lit()


def test_a_second_stop_keeps_the_sizes_of_the_first(stage: FullStage, world: Night) -> None:
    for _ in range(2):
        ask(stage, "stop")
        run(stage, world)
    assert world.store.memory.capacities["staging"].groups == {"ec2": SIZES}


def test_other_users_of_a_group_are_named_before_anything_is_done(stage: FullStage, world: Night) -> None:
    world.aws().groups.occupy("ec2", {"search": ("qa-eu",)})
    told = ask(stage, "stop")
    assert "`search`" in telling.note(told, "`ec2` stays on")
    run(stage, world)
    assert (any(world.counts().values()), sizes(world)) == (False, SIZES)


def test_a_shared_group_shrinks_once_the_other_environment_is_stopped(stage: FullStage, world: Night) -> None:
    world.aws().groups.occupy("ec2", {"search": ("qa-eu",)})
    world.store.memory.capacities["qa-eu"] = SavedCapacity()
    ask(stage, "stop")
    run(stage, world)
    assert sizes(world) == GroupFacts(0, 4, 0)


def test_a_service_that_could_not_be_stopped_keeps_its_instances(stage: FullStage, world: Night) -> None:
    ask(stage, "stop")
    world.aws().services.count("web", 3)
    run(stage, world)
    ended = stage.operation()
    assert (ended.state, sizes(world)) == (State.PARTIAL, SIZES)
    assert [s.state for s in ended.steps if s.step.kind == "shrink group"] == [StepState.LEFT_OUT]


def test_a_start_that_cancels_a_stop_restores_the_instances(stage: FullStage, world: Night) -> None:
    ask(stage, "stop")
    for _ in range(4):
        stage.forth(16)
    assert sizes(world) == GroupFacts(0, 4, 0)
    ask(stage, "start")
    run(stage, world)
    assert (world.lit(), sizes(world)) == (True, SIZES)


def test_a_group_at_zero_with_nothing_saved_is_named(stage: FullStage, world: Night, golden: Golden) -> None:
    ask(stage, "stop")
    run(stage, world)
    saved = world.store.memory.capacities["staging"]
    world.store.memory.capacities["staging"] = replace(saved, groups={})
    told = ask(stage, "start")
    assert telling.note(told, "`ec2`") == golden
    assert "grow group" not in order(stage)


def test_groups_are_not_read_if_nothing_runs_on_instances(world: Night) -> None:
    for name in ("orders-api", "web"):
        world.aws().services.change(name, providers=("FARGATE_SPOT",))
    stage = FullStage(world)
    ask(stage, "stop")
    run(stage, world)
    assert world.called("groups") == []
    assert world.scopes.rds.find(DATABASE).status == "stopped"
