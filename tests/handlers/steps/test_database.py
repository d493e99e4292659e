"""The steps *stop database* and *start database*."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from handlers.ports.scope import Scope
from handlers.steps.database import KINDS, AwaitTasks, StartDatabase, StopDatabase, users_now
from handlers.words.errors import Absent, NotNow
from handlers.words.plan import Step
from handlers.words.step import End, Left, Repeat, StepRecord, StepState
from policies.capacity.databases import IN_USE
from policies.capacity.facts import SavedCapacity
from policies.schedule.standing import said_in_full
from policies.service.environment import TagPick
from policies.service.one_off import LONGEST_WAIT
from tests.golden import Golden
from tests.handlers.rowed import Rowed, until
from tests.handlers.world import OLU, PRODUCTION, QA, STAGING, World

Bound = Callable[[], Scope]
HERE = replace(STAGING, databases=("orders",))
THERE = replace(QA, databases=("orders",))


BROKEN = (
    "failed",
    "cloning-failed",
    "migration-failed",
    "inaccessible-encryption-credentials",
    "incompatible-network",
    "incompatible-parameters",
    "incompatible-restore",
    "insufficient-capacity",
    "restore-error",
    "storage-full",
)
ON_THE_WAY = ("starting", "backing-up", "modifying", "upgrading", "configuring-log-exports", "maintenance")


@pytest.fixture
def bound(world: World) -> Bound:
    world.scopes.rds.put("orders")
    for name in world.aws().services.known():
        world.aws().services.change(name, desired=0, running=0, tasks=())
    scope = partial(world.scopes.bind, HERE, OLU, operation_id="op-1")
    return lambda: replace(scope(), neighbours=(THERE,), seen=frozenset({THERE.name}))


@pytest.fixture
def alone(bound: Bound) -> Bound:
    return lambda: replace(bound(), neighbours=())


def begun(place: Scope, kind: Rowed) -> StepRecord:
    step = Step(kind.name, on="orders")
    record = StepRecord(0, step, StepState.BEGAN, before=kind.before(place, step), began_at=place.now)
    return replace(record, evidence=kind.act(place, record), answered=True)


def test_both_steps_of_databases_may_be_called_again_for_an_hour() -> None:
    assert {k.repeat for k in KINDS} == {Repeat.SAFE}
    ours = ("stop database", "start database")
    assert {k.deadline for k in KINDS if k.name in ours} == {timedelta(hours=1)}


def test_a_database_is_looked_at_until_it_is_stopped(world: World, alone: Bound, golden: Golden) -> None:
    kind = Rowed(StopDatabase())
    record = begun(alone(), kind)
    assert (record.before, record.evidence) == (
        {"status": "available"},
        {"request_ids": ["request-stopping-orders"]},
    )
    waiting = kind.look(alone(), record)
    assert waiting.end is End.WAITS
    assert until(waiting) - alone().now == timedelta(seconds=10)
    assert waiting.sentence == golden
    world.scopes.rds.move()
    done = kind.look(alone(), record)
    assert done.end is End.DONE
    assert done.left.after == {"database orders": {"status": "stopped"}}


@pytest.mark.parametrize("status", BROKEN)
def test_a_start_that_can_never_end_fails_at_once(world: World, alone: Bound, status: str) -> None:
    world.scopes.rds.change("orders", status="stopped")
    record = begun(alone(), Rowed(StartDatabase()))
    world.scopes.rds.change("orders", status=status)
    verdict = Rowed(StartDatabase()).look(alone(), record)
    assert (verdict.end, verdict.left.after) == (End.FAILED, {"database orders": {"status": status}})


@pytest.mark.parametrize("status", ON_THE_WAY)
def test_a_start_under_way_is_looked_at_again(world: World, alone: Bound, status: str) -> None:
    world.scopes.rds.change("orders", status="stopped")
    record = begun(alone(), Rowed(StartDatabase()))
    world.scopes.rds.change("orders", status=status)
    assert Rowed(StartDatabase()).look(alone(), record).end is End.WAITS


def test_a_database_is_looked_at_until_it_is_available(world: World, alone: Bound) -> None:
    world.scopes.rds.change("orders", status="stopped")
    kind = Rowed(StartDatabase())
    record = begun(alone(), kind)
    world.forward(300)
    waiting = kind.look(alone(), record)
    assert waiting.end is End.WAITS
    assert until(waiting) - alone().now == timedelta(seconds=30)
    world.scopes.rds.move()
    assert kind.look(alone(), record).end is End.DONE


@pytest.mark.parametrize("kind", [Rowed(StopDatabase()), Rowed(StartDatabase())])
def test_a_database_that_does_not_arrive_in_an_hour_fails(
    world: World, alone: Bound, kind: Rowed, golden: Golden
) -> None:
    world.scopes.rds.change("orders", status="stopping" if kind.name == "stop database" else "starting")
    record = begun(alone(), kind)
    world.forward(3_601)
    failed = kind.look(alone(), record)
    assert failed.end is End.FAILED
    assert failed.sentence == golden(name=kind.name)


def test_a_service_that_still_runs_keeps_the_database_on(world: World, alone: Bound, golden: Golden) -> None:
    """A count could not be set, or somebody started the service again; a daemon does not keep the database
    on.
    """
    world.aws().services.change("orders-api", running=1)
    world.aws().services.change("web", desired=2, scheduling="DAEMON")
    kind = Rowed(StopDatabase())
    record = begun(alone(), kind)
    assert world.scopes.rds.find("orders").status == "available"
    verdict = kind.look(alone(), record)
    assert verdict.end is End.FAILED
    assert verdict.sentence == golden


def test_a_temporary_refusal_asks_to_be_called_again(world: World, alone: Bound) -> None:
    world.scopes.rds.change("orders", status="modifying")
    with pytest.raises(NotNow, match="orders is modifying"):
        begun(alone(), Rowed(StopDatabase()))


def test_a_missing_database_is_absent(world: World, alone: Bound) -> None:
    world.scopes.rds.remove("orders")
    with pytest.raises(Absent):
        Rowed(StopDatabase()).before(alone(), Step("stop database", on="orders"))


def waited(place: Scope) -> StepRecord:
    record = StepRecord(0, Step("await tasks"), StepState.BEGAN, began_at=place.now)
    return replace(record, evidence=Rowed(AwaitTasks()).act(place, record), answered=True)


def test_a_one_off_task_is_waited_for_by_name_and_until_when(
    world: World, alone: Bound, golden: Golden
) -> None:
    world.aws().tasks.run("orders-migrate", by="ci")
    record = waited(alone())
    waiting = Rowed(AwaitTasks()).look(alone(), record)
    assert waiting.end is End.WAITS
    at = said_in_full(alone().now + LONGEST_WAIT, ZoneInfo(HERE.time_zone), alone().now)
    assert "`orders-migrate`" in waiting.sentence and f"until {at}" in waiting.sentence
    assert waiting.sentence == golden
    assert until(waiting) - alone().now == timedelta(seconds=30)
    world.aws().tasks.end()
    done = Rowed(AwaitTasks()).look(alone(), record)
    assert done.end is End.DONE and done.left == Left()
    assert done.sentence == golden


def test_the_wait_ends_exactly_at_its_cap_and_says_so(world: World, alone: Bound, golden: Golden) -> None:
    world.aws().tasks.run("orders-migrate")
    world.aws().tasks.run("report")
    record = waited(alone())
    world.forward(LONGEST_WAIT.total_seconds() - 10)
    waiting = Rowed(AwaitTasks()).look(alone(), record)
    assert waiting.end is End.WAITS and until(waiting) - alone().now == timedelta(seconds=10)
    world.forward(10)
    done = Rowed(AwaitTasks()).look(alone(), record)
    assert done.end is End.DONE and done.left == Left(tell=True)
    assert done.sentence == golden


def test_a_task_of_an_unknown_owner_is_named_and_not_waited_for(
    world: World, alone: Bound, golden: Golden
) -> None:
    world.aws().tasks.run("report", ours=False)
    shared = replace(alone(), environment=replace(HERE, pick=TagPick(("shared",), "team", "red")))
    done = Rowed(AwaitTasks()).look(shared, waited(shared))
    assert done.end is End.DONE and done.left == Left(tell=True)
    assert done.sentence == golden


def test_an_environment_that_uses_the_database_by_now_keeps_it_on(world: World, bound: Bound) -> None:
    record = begun(bound(), Rowed(StopDatabase()))
    assert record.evidence == {"left_on": ["qa-eu"]}
    done = Rowed(StopDatabase()).look(bound(), record)
    assert done.end is End.DONE
    assert "stays on: `qa-eu`" in done.sentence
    assert world.scopes.rds.find("orders").status == "available"


def test_users_are_environments_that_are_up_or_starting(world: World, bound: Bound) -> None:
    capacities = world.store.memory.capacities
    assert users_now(bound(), "orders") == ("qa-eu",)
    capacities["qa-eu"] = SavedCapacity(databases={"orders": "available"})
    assert users_now(bound(), "orders") == ()
    capacities["qa-eu"] = SavedCapacity(databases={"orders": IN_USE})
    assert users_now(bound(), "orders") == ("qa-eu",)
    live = replace(bound(), neighbours=(replace(PRODUCTION, databases=("orders",)),))
    assert users_now(live, "orders") == ("production",)
