"""The steps *shrink group* and *grow group*."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from handlers.ports.scope import Scope
from handlers.steps.capacity_groups import KINDS, GrowGroup, ShrinkGroup, grow_step, shrink_step
from handlers.words.errors import Absent, NotNow, Rejected
from handlers.words.plan import Step
from handlers.words.step import End, Repeat, StepRecord, StepState
from policies.capacity.facts import GroupFacts, SavedCapacity
from policies.capacity.groups import CapacityGroup
from tests.golden import Golden
from tests.handlers.rowed import Rowed
from tests.handlers.world import OLU, QA, STAGING, World

SIZES = GroupFacts(1, 4, 2)
GROUP = CapacityGroup("ec2", SIZES)
Bound = Callable[[], Scope]


@pytest.fixture
def bound(world: World) -> Bound:
    world.aws().services.change("web", desired=0, running=0, providers=("ec2",))
    world.aws().groups.put("ec2", SIZES)
    scope = partial(world.scopes.bind, STAGING, OLU, operation_id="op-1")
    return lambda: replace(scope(), neighbours=(QA,), seen=frozenset({QA.name}))


def begun(place: Scope, kind: Rowed, step: Step) -> StepRecord:
    record = StepRecord(0, step, StepState.BEGAN, before=kind.before(place, step), began_at=place.now)
    return replace(record, evidence=kind.act(place, record), answered=True)


def test_both_steps_of_groups_may_be_called_again() -> None:
    assert {kind.repeat for kind in KINDS} == {Repeat.SAFE}


def test_a_group_is_looked_at_until_its_instances_are_gone(
    world: World, bound: Bound, golden: Golden
) -> None:
    kind = Rowed(ShrinkGroup())
    record = begun(bound(), kind, shrink_step(GROUP))
    assert record.before == {"sizes": {"minimum": 1, "maximum": 4, "desired": 2}}
    assert world.aws().groups.known("ec2").sizes == GroupFacts(0, 4, 0)
    waiting = kind.look(bound(), record)
    assert waiting.end is End.WAITS
    assert waiting.sentence == golden
    world.aws().groups.move()
    done = kind.look(bound(), record)
    assert done.end is End.DONE
    assert done.left.after == {"group ec2": {"minimum": 0, "maximum": 4, "desired": 0}}


def test_instances_that_stay_fail_the_step(world: World, bound: Bound, golden: Golden) -> None:
    record = begun(bound(), Rowed(ShrinkGroup()), shrink_step(GROUP))
    world.forward(1_801)
    failed = Rowed(ShrinkGroup()).look(bound(), record)
    assert failed.end is End.FAILED
    assert failed.sentence == golden


@pytest.mark.parametrize("users", [{"api": ("qa-eu",)}, {"loose": ()}, {"api": ("qa-eu", "staging")}])
def test_an_environment_that_uses_the_group_by_now_keeps_it(
    world: World, bound: Bound, users: dict[str, tuple[str, ...]]
) -> None:
    world.aws().groups.occupy("ec2", users)
    record = begun(bound(), Rowed(ShrinkGroup()), shrink_step(GROUP))
    done = Rowed(ShrinkGroup()).look(bound(), record)
    assert done.end is End.DONE and done.left.tell
    assert f"`{next(iter(users))}`" in done.sentence
    assert world.aws().groups.known("ec2").sizes == SIZES
    assert world.aws().script.count("groups.resize") == 0


def test_a_service_of_its_own_that_was_not_stopped_keeps_the_group(world: World, bound: Bound) -> None:
    world.aws().services.change("web", running=1)
    record = begun(bound(), Rowed(ShrinkGroup()), shrink_step(GROUP))
    assert "`web`" in str(record.evidence["left_on"])


def test_stopped_environments_do_not_keep_the_group_until_they_start(world: World, bound: Bound) -> None:
    world.aws().groups.occupy("ec2", {"api": ("qa-eu",)})
    capacities = world.store.memory.capacities
    capacities["qa-eu"] = SavedCapacity(groups={"ec2": SIZES}, groups_taken=frozenset({"ec2"}))
    assert "left_on" in begun(bound(), Rowed(ShrinkGroup()), shrink_step(GROUP)).evidence
    capacities["qa-eu"] = SavedCapacity(groups={"ec2": SIZES})
    assert "left_on" not in begun(bound(), Rowed(ShrinkGroup()), shrink_step(GROUP)).evidence


def test_a_group_is_restored_to_its_saved_sizes_and_awaited(
    world: World, bound: Bound, golden: Golden
) -> None:
    world.aws().groups.put("ec2", GroupFacts(0, 4, 0))
    record = begun(bound(), Rowed(GrowGroup()), grow_step(GROUP, SIZES, always=False))
    assert world.aws().groups.known("ec2").sizes == SIZES
    waiting = Rowed(GrowGroup()).look(bound(), record)
    assert waiting.end is End.WAITS
    assert waiting.sentence == golden
    world.aws().groups.move()
    assert Rowed(GrowGroup()).look(bound(), record).end is End.DONE


def test_instances_that_do_not_come_fail_the_step(world: World, bound: Bound, golden: Golden) -> None:
    world.aws().groups.put("ec2", GroupFacts(0, 4, 0))
    record = begun(bound(), Rowed(GrowGroup()), grow_step(GROUP, SIZES, always=False))
    world.forward(1_201)
    failed = Rowed(GrowGroup()).look(bound(), record)
    assert failed.end is End.FAILED
    assert failed.sentence == golden


def test_sizes_set_meanwhile_stay_unless_a_stop_may_still_remove_them(world: World, bound: Bound) -> None:
    world.aws().groups.put("ec2", GroupFacts(2, 9, 5))
    record = begun(bound(), Rowed(GrowGroup()), grow_step(GROUP, SIZES, always=False))
    assert record.evidence == {"found": {"minimum": 2, "maximum": 9, "desired": 5}}
    begun(bound(), Rowed(GrowGroup()), grow_step(GROUP, SIZES, always=True))
    assert world.aws().groups.known("ec2").sizes == SIZES


@pytest.mark.parametrize("kind", [Rowed(ShrinkGroup()), Rowed(GrowGroup())])
def test_sizes_that_are_not_ours_are_waited_out_and_then_reported(
    world: World, bound: Bound, kind: Rowed, golden: Golden
) -> None:
    step = shrink_step(GROUP) if kind.name == "shrink group" else grow_step(GROUP, SIZES, always=True)
    record = begun(bound(), kind, step)
    other = 3 if kind.name == "shrink group" else 0
    world.aws().groups.put("ec2", GroupFacts(0, 4, other))
    assert kind.look(bound(), record).end is End.WAITS
    world.forward(timedelta(seconds=31).total_seconds())
    failed = kind.look(bound(), record)
    assert failed.end is End.FAILED
    assert failed.sentence == golden(name=kind.name)


def test_a_temporary_refusal_is_tried_again(world: World, bound: Bound) -> None:
    busy = Rejected("Busy.", "ScalingActivityInProgress", retry_helps=True)
    world.aws().groups.fail("groups.resize", busy)
    with pytest.raises(NotNow):
        begun(bound(), Rowed(ShrinkGroup()), shrink_step(GROUP))


def test_a_group_without_services_of_the_environment_is_absent(world: World, bound: Bound) -> None:
    world.aws().services.change("web", providers=())
    with pytest.raises(Absent):
        Rowed(ShrinkGroup()).before(bound(), shrink_step(GROUP))
