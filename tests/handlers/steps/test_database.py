"""The steps *stop database* and *start database*."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.gate.errors import Absent, Unanswered
from handlers.gate.plan import Done, Failed, Repeat, Step, StepRecord, StepState, Waiting
from handlers.ports.scope import Scope
from handlers.steps.database import KINDS, StartDatabase, StopDatabase, users_now
from policies.capacity import SavedCapacity
from policies.database_rules import IN_USE
from tests.handlers.world import OLU, PRODUCTION, QA, STAGING, World

Bound = Callable[[], Scope]
HERE = replace(STAGING, databases=("orders",))
THERE = replace(QA, databases=("orders",))


@pytest.fixture
def bound(world: World) -> Bound:
    world.scopes.rds.put("orders")
    return lambda: replace(world.scopes.bind(HERE, OLU, operation_id="op-1"), neighbours=(THERE,))


@pytest.fixture
def alone(bound: Bound) -> Bound:
    return lambda: replace(bound(), neighbours=())


def begun(place: Scope, kind: StopDatabase | StartDatabase) -> StepRecord:
    step = Step(kind.name, on="orders")
    record = StepRecord(0, step, StepState.BEGAN, before=kind.before(place, step), began_at=place.now)
    return replace(record, evidence=kind.act(place, record), answered=True)


def test_both_may_be_called_again_for_an_hour() -> None:
    assert {(k.repeat, k.deadline) for k in KINDS} == {(Repeat.SAFE, timedelta(hours=1))}


def test_it_is_looked_at_until_it_is_stopped(world: World, alone: Bound) -> None:
    kind = StopDatabase()
    record = begun(alone(), kind)
    assert (record.before, record.evidence) == (
        {"status": "available"},
        {"request_ids": ["request-stopping-orders"]},
    )
    waiting = kind.look(alone(), record)
    assert isinstance(waiting, Waiting)
    assert (waiting.sentence, waiting.until - alone().now) == (
        "database `orders` is stopping",
        timedelta(seconds=10),
    )
    world.scopes.rds.move()
    done = kind.look(alone(), record)
    assert isinstance(done, Done)
    assert done.evidence == {"after": {"database orders": {"status": "stopped"}}}


def test_it_is_looked_at_until_it_is_available(world: World, alone: Bound) -> None:
    world.scopes.rds.change("orders", status="stopped")
    kind = StartDatabase()
    record = begun(alone(), kind)
    world.forward(300)
    waiting = kind.look(alone(), record)
    assert isinstance(waiting, Waiting)
    assert waiting.until - alone().now == timedelta(seconds=30)
    world.scopes.rds.move()
    assert isinstance(kind.look(alone(), record), Done)


@pytest.mark.parametrize("kind", [StopDatabase(), StartDatabase()])
def test_one_that_does_not_arrive_in_an_hour_fails(
    world: World, alone: Bound, kind: StopDatabase | StartDatabase
) -> None:
    world.scopes.rds.change("orders", status="stopping" if kind.name == "stop database" else "starting")
    record = begun(alone(), kind)
    world.forward(3_601)
    failed = kind.look(alone(), record)
    assert isinstance(failed, Failed)
    assert failed.sentence.startswith("database `orders` is still st")
    assert failed.sentence.endswith("ing after 1 h")


def test_a_refusal_for_now_asks_to_be_called_again(world: World, alone: Bound) -> None:
    world.scopes.rds.change("orders", status="modifying")
    with pytest.raises(Unanswered, match="orders is modifying"):
        begun(alone(), StopDatabase())


def test_one_that_is_not_there_is_absent(world: World, alone: Bound) -> None:
    world.scopes.rds.remove("orders")
    with pytest.raises(Absent):
        StopDatabase().before(alone(), Step("stop database", on="orders"))


def test_whoever_uses_it_by_now_keeps_it_on(world: World, bound: Bound) -> None:
    record = begun(bound(), StopDatabase())
    assert record.evidence == {"left_on": ["qa-eu"]}
    done = StopDatabase().look(bound(), record)
    assert isinstance(done, Done)
    assert done.sentence == "Database `orders` stays on: `qa-eu` uses it."
    assert world.scopes.rds.find("orders").status == "available"


def test_users_are_those_that_are_up_or_have_taken_it_back(world: World, bound: Bound) -> None:
    capacities = world.store.memory.capacities
    assert users_now(bound(), "orders") == ("qa-eu",)
    capacities["qa-eu"] = SavedCapacity(databases={"orders": "available"})
    assert users_now(bound(), "orders") == ()
    capacities["qa-eu"] = SavedCapacity(databases={"orders": IN_USE})
    assert users_now(bound(), "orders") == ("qa-eu",)
    live = replace(bound(), neighbours=(replace(PRODUCTION, databases=("orders",)),))
    assert users_now(live, "orders") == ("production",)
