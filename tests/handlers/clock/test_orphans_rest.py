"""Environments that are stopped, and what people do about a finding."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from handlers.ports.signals import Signs
from handlers.ports.store import CatalogChange
from policies.capacity.facts import SavedCapacity
from policies.cost.usage import ON, UsageRow
from policies.orphans.answers import Answer, Reply
from policies.orphans.findings import answered
from tests.fakes.signals import FakeSignals
from tests.handlers.clock.watching import DAY, NOON, Watching, acted, idle_world, see
from tests.handlers.orphaned import LOST, now_of
from tests.handlers.world import ADA, World, service


@pytest.fixture
def world() -> World:
    return idle_world()


@pytest.fixture
def stage(world: World) -> Watching:
    return Watching(world)


@pytest.mark.parametrize(
    ("saved", "ran", "since"),
    [
        (NOON - timedelta(days=20), None, NOON - timedelta(days=20)),
        (None, date(2026, 11, 9), datetime(2026, 11, 10, tzinfo=UTC)),
        (NOON - timedelta(days=20), date(2026, 11, 29), datetime(2026, 11, 30, tzinfo=UTC)),
    ],
)
def test_an_environment_rests_from_its_last_stop(
    stage: Watching, saved: datetime | None, ran: date | None, since: datetime
) -> None:
    """An environment that is stopped each night ran the day before."""
    see(stage.world, "pr-142", deployed=NOON - timedelta(days=63), desired=0)
    if saved:
        stage.store.book.capacities.write("pr-142", SavedCapacity(saved_at=saved))
    if ran:
        stage.store.book.ledger.days.put("pr-142", [ran], [UsageRow("pr-142", "", ran, ON, 3_600, None)])
    stage.look()
    rest = stage.evidence().rest
    assert rest is not None
    assert rest.since == since


def test_a_long_stopped_environment_costs_what_it_has_cost_since(stage: Watching) -> None:
    """The environment cost a dollar a day before, and nothing since: the finding no longer says that it costs
    money.
    """
    see(stage.world, "pr-142", deployed=NOON - timedelta(days=63), desired=0)
    ran = (NOON - timedelta(days=17)).date()
    for number in range(20):
        day = ran - timedelta(days=number)
        spent = UsageRow("pr-142", "web", day, "fargate.vcpu.x86", 1, 1_000_000)
        stage.store.book.ledger.days.put(
            "pr-142", [day], [spent, UsageRow("pr-142", "", day, ON, 3_600, None)]
        )
    stage.look()
    assert stage.evidence().rest is not None
    assert stage.evidence().monthly == 0


def test_the_length_of_a_rest_may_be_unknown(stage: Watching) -> None:
    see(stage.world, "pr-142", deployed=NOON - timedelta(days=63), desired=0)
    stage.look()
    assert stage.evidence().rest is None


# What people do


def test_a_person_who_stops_the_environment_has_answered(stage: Watching) -> None:
    stage.look()
    stage.sure("stop", "pr-142", who=ADA)
    stage.watch.tick()
    assert now_of(stage.world).answer is None, "it has not stopped yet"
    stage.world.aws("pr-142").services.put(service("web", desired=0))
    stage.finish()
    stage.watch.tick()
    answer = now_of(stage.world).answer
    assert answer is not None
    assert (answer.reply, answer.by, answer.id) == (Reply.STOPPED, ADA.id, stage.operation().id)
    assert answer.holds(stage.world.clock.at)


def test_a_stop_that_failed_is_no_answer(stage: Watching) -> None:
    """Otherwise the environment would be reported as stopped, and nobody would be asked for two weeks."""
    stage.look()
    acted(stage, ADA.id, "stop", NOON + timedelta(minutes=1))
    acted(stage, ADA.id, "stop", NOON + timedelta(minutes=2), kind="closed", outcome="failed")
    stage.watch.tick()
    assert now_of(stage.world).answer is None
    acted(stage, ADA.id, "stop", NOON + timedelta(minutes=9), kind="closed", outcome="succeeded")
    stage.watch.tick()
    assert now_of(stage.world).answer is not None


def test_neither_a_stop_by_the_clock_nor_one_before_the_finding_is_an_answer(stage: Watching) -> None:
    done = {"kind": "closed", "outcome": "succeeded"}
    acted(stage, ADA.id, "stop", NOON - timedelta(days=20), **done)
    stage.look()
    acted(stage, "clock", "stop", NOON + timedelta(minutes=1), **done)
    stage.look(days=0.01)
    assert now_of(stage.world).answer is None


def test_the_finding_of_a_removed_environment_is_gone(stage: Watching) -> None:
    stage.look()
    stage.store.catalog.write(CatalogChange(remove_environments=("pr-142",)))
    stage.look(days=1)
    assert now_of(stage.world).gone is not None


def test_a_new_environment_of_the_same_name_is_looked_at_and_has_no_answer(
    stage: Watching,
) -> None:
    """What pr-142 was, and that somebody kept it, says nothing about the next pr-142."""
    stage.look()
    kept = Answer("op", Reply.KEPT, NOON, "slack:T0HOME:U0DEV", "Dev", NOON + 200 * DAY)
    stage.store.book.orphans.findings.change("pr-142", partial(answered, answer=kept, over=""))
    stage.store.catalog.write(CatalogChange(remove_environments=("pr-142",)))
    stage.store.catalog.write(CatalogChange(put_environments=(LOST,)))
    see(stage.world, "pr-142", deployed=NOON - timedelta(hours=1), deployment="ecs-svc/new")
    stage.look(days=0.01)
    assert stage.evidence().at > NOON
    assert "pr-142" not in stage.world.store.memory.findings
    stage.look(days=63)
    see(stage.world, "pr-142", deployed=NOON - timedelta(hours=1), deployment="ecs-svc/new")
    stage.look(days=1)
    assert now_of(stage.world).answer is None


def test_a_defect_in_one_look_keeps_no_other_environment_from_being_looked_at(world: World) -> None:
    logged: list[str] = []
    stage = Watching(world, on_defect=lambda what, _: logged.append(what))
    signals = stage.world.aws("pr-142").signals

    class Broken(FakeSignals):
        def read(self, days: int = 14) -> Signs:
            raise KeyError("no such thing")

    stage.world.aws("pr-142").signals = Broken("pr-142", stage.world.clock.now)
    stage.look()
    assert set(stage.store.book.orphans.looks.all()) == {"staging"}
    assert [what for what in logged if "pr-142" in what]
    stage.world.aws("pr-142").signals = signals
    stage.look(days=0.1)
    assert "pr-142" in stage.store.book.orphans.looks.all()
