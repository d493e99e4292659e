"""The steps *save capacity*, *take databases* and *forget saved*."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from handlers.ports.scope import Scope
from handlers.steps.saved import ForgetSaved, SaveCapacity, TakeDatabases, save_step
from handlers.words.errors import Unanswered
from handlers.words.plan import Step
from handlers.words.step import End, StepRecord, StepState
from policies.capacity.databases import IN_USE
from policies.capacity.facts import Capacity, GroupFacts, SavedCapacity, ScalingFacts
from tests.golden import Golden
from tests.handlers.rowed import Rowed
from tests.handlers.world import OLU, STAGING, World, service

Bound = Callable[[], Scope]
HERE = replace(STAGING, databases=("orders",))


@pytest.fixture
def bound(world: World) -> Bound:
    world.scopes.rds.put("orders")
    return lambda: world.scopes.bind(HERE, OLU, operation_id="op-1")


def begun(place: Scope, kind: Rowed, step: Step | None = None) -> StepRecord:
    record = StepRecord(0, step or Step(kind.name), StepState.BEGAN, began_at=place.now)
    return replace(record, evidence=kind.act(place, record), answered=True)


def saved(world: World) -> SavedCapacity:
    return world.store.memory.capacities["staging"]


def test_sizes_of_groups_are_saved_and_never_replaced_by_zero(world: World, bound: Bound) -> None:
    world.aws().groups.put("ec2", GroupFacts(1, 4, 2))
    world.aws().services.change("web", providers=("ec2",))
    begun(bound(), Rowed(SaveCapacity()), save_step(settle=False))
    assert saved(world).groups == {"ec2": GroupFacts(1, 4, 2)}
    begun(bound(), Rowed(TakeDatabases()))
    assert saved(world).groups_taken == {"ec2"}
    world.aws().groups.put("ec2", GroupFacts(0, 4, 0))
    record = begun(bound(), Rowed(SaveCapacity()), save_step(settle=False))
    assert (saved(world).groups, saved(world).groups_taken) == ({"ec2": GroupFacts(1, 4, 2)}, frozenset())
    assert json.loads(json.dumps(record.evidence))["saved"]["groups"]["ec2"]["desired"] == 2


def test_without_instances_nobody_asks_for_groups(world: World, bound: Bound) -> None:
    begun(bound(), Rowed(SaveCapacity()), save_step(settle=False))
    assert world.aws().script.count("groups") == 0


def test_everything_is_saved_with_the_operation_that_saved_it(world: World, bound: Bound) -> None:
    world.aws().scaling.put("web", ScalingFacts(1, 4))
    world.aws().services.put(service("logs", scheduling="DAEMON"))
    record = begun(bound(), Rowed(SaveCapacity()), save_step(settle=False))
    assert saved(world) == SavedCapacity(
        {"orders-api": Capacity(2), "web": Capacity(2, ScalingFacts(1, 4))},
        {"orders": "available"},
        "op-1",
        world.clock.at,
    )
    kept = record.evidence["saved"]
    assert isinstance(kept, dict)
    assert kept["services"]["web"]["scaling"]["maximum"] == 4  # type: ignore[index,call-overload]
    assert Rowed(SaveCapacity()).look(bound(), record).end is End.DONE


def test_a_repeated_save_changes_nothing(world: World, bound: Bound) -> None:
    begun(bound(), Rowed(SaveCapacity()), save_step(settle=False))
    first = saved(world)
    world.forward(60)
    begun(bound(), Rowed(SaveCapacity()), save_step(settle=False))
    assert saved(world) == first


def test_a_save_is_done_only_when_the_book_has_it(world: World, bound: Bound, golden: Golden) -> None:
    record = begun(bound(), Rowed(SaveCapacity()), save_step(settle=True))
    assert Rowed(SaveCapacity()).look(bound(), record).end is End.WAITS
    world.store.memory.capacities.clear()
    world.forward(5)
    failed = Rowed(SaveCapacity()).look(bound(), record)
    assert failed.end is End.FAILED
    assert failed.sentence == golden


def test_databases_that_are_taken_are_in_use(world: World, bound: Bound) -> None:
    begun(bound(), Rowed(TakeDatabases()))
    assert world.store.memory.capacities == {}
    begun(bound(), Rowed(SaveCapacity()), save_step(settle=False))
    begun(bound(), Rowed(TakeDatabases()))
    assert saved(world).databases == {"orders": IN_USE}


def test_restored_capacity_is_forgotten(world: World, bound: Bound) -> None:
    begun(bound(), Rowed(SaveCapacity()), save_step(settle=False))
    world.aws().services.remove("web")
    record = begun(bound(), Rowed(ForgetSaved()))
    assert world.store.memory.capacities == {}
    assert Rowed(ForgetSaved()).look(bound(), record).end is End.DONE
    assert begun(bound(), Rowed(ForgetSaved())).evidence == {}


def test_capacity_that_is_not_restored_is_kept(world: World, bound: Bound, golden: Golden) -> None:
    begun(bound(), Rowed(SaveCapacity()), save_step(settle=False))
    world.aws().services.count("web", 0)
    world.aws().services.count("orders-api", 0)
    record = begun(bound(), Rowed(ForgetSaved()))
    assert saved(world).services["web"].desired == 2
    failed = Rowed(ForgetSaved()).look(bound(), record)
    assert failed.end is End.FAILED
    assert failed.sentence == golden


def test_nothing_is_forgotten_if_aws_does_not_answer(world: World, bound: Bound) -> None:
    begun(bound(), Rowed(SaveCapacity()), save_step(settle=False))
    world.aws().services.fail("summaries", Unanswered("AWS did not answer."), nth=2)
    with pytest.raises(Unanswered):
        begun(bound(), Rowed(ForgetSaved()))
    assert saved(world).services
