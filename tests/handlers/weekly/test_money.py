"""Tests of what the digest says of savings, budgets and days out of line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from handlers.ports.ledger import Watched
from handlers.ports.store import CatalogChange, Opened
from policies.cost.budgets import Budget, BudgetRow
from policies.cost.sightings import ServiceSeen, Sighting
from policies.cost.spans import Source
from policies.cost.usage import ON, UsageRow
from policies.schedule.claims import Claim, ClaimKey
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from policies.times.weeks import Week
from tests import telling
from tests.contracts.values import clocked, yes
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import World

WEEK = Week(2026, 9)
"""The week before the one in which the world's clock stands (Monday, 2 March)."""
USD = 1_000_000
OFFICE = "Mon-Fri 08:00-20:00 UTC"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


def day_of(number: int, *, ago: int = 0) -> date:
    """Return a day of the week that is told of, where Monday is 0, or of a week that many weeks ``ago``."""
    return WEEK.first + timedelta(days=number - 7 * ago)


def used(
    world: World,
    name: str,
    day: date,
    usd: float,
    *,
    hours: int = 12,
    source: Source = Source.SEEN,
    **services: float,
) -> None:
    """Record what ``web`` (and other services) cost on a day, and how long the environment was on."""
    rows = [UsageRow(name, "", day, ON, hours * 3_600, None, source=source)]
    for service, paid in {"web": usd, **services}.items():
        vcpu = 1_000 * hours * 3_600
        item, micros = "fargate.vcpu.x86", round(paid * USD)
        rows.append(UsageRow(name, service, day, item, vcpu, micros, source=source))
    world.store.book.ledger.days.put(name, [day], rows)


def watched(world: World, *names: str, since: datetime = LONG_AGO, until: datetime | None = None) -> None:
    """Record one watched stretch for each environment; without an end, up to now."""
    for name in names:
        stretches = world.store.memory.watched.setdefault(name, [])
        stretches.append(Watched(name, since, until or world.clock.at))


def midnight(number: int, *, ago: int = 0) -> datetime:
    return datetime.combine(day_of(number, ago=ago), datetime.min.time(), UTC)


def field(said: Any, label: str) -> str:
    return next((each.value for each in telling.fields(said) if each.label == label), "")


# Savings


def scheduled(world: World) -> None:
    row = ScheduleRow("staging", OFFICE, since=LONG_AGO)
    world.store.catalog.write(CatalogChange(put_schedules=(row,)))


def nights(world: World, count: int) -> None:
    """Record that the clock stopped `staging` on ``count`` evenings and started it on the mornings after."""
    for number in range(count):
        evening = datetime.combine(day_of(number), datetime.min.time(), UTC) + timedelta(hours=20)
        for action, at in (("stop", evening), ("start", evening + timedelta(hours=12))):
            key = ClaimKey("staging", at.date(), "Mon-Fri 08:00-20:00", action)  # type: ignore[arg-type]
            opening = clocked(Claim(key, at, "opened", at), id=f"op-{action}-{number}", conflicts="")
            assert isinstance(world.store.operations.open(opening, yes), Opened)


def on_all_days(world: World) -> None:
    """Record twelve hours on each day at a dollar an hour, for four weeks."""
    for ago in range(4):
        for number in range(7):
            used(world, "staging", day_of(number, ago=ago), 12)


def test_the_digest_says_what_schedules_saved(stage: Stage, world: World, golden: Golden) -> None:
    """The environment was off for four nights of twelve hours, at a dollar an hour."""
    scheduled(world)
    on_all_days(world)
    watched(world, "staging")
    nights(world, 4)
    said = stage.ask("digest")
    assert field(said, "Saved") == golden
    assert any(note.startswith("Savings are the hours") for note in telling.notes(said))


def test_an_unwatched_week_has_no_known_savings(stage: Stage, world: World, golden: Golden) -> None:
    scheduled(world)
    on_all_days(world)
    nights(world, 4)
    assert field(stage.ask("digest"), "Saved") == golden


def test_a_schedule_saves_nothing_while_a_person_keeps_the_environment_off(
    stage: Stage, world: World
) -> None:
    scheduled(world)
    on_all_days(world)
    watched(world, "staging")
    begin = datetime.combine(day_of(0), datetime.min.time(), UTC)
    world.store.book.overrides.put(
        Override("o", "staging", "down", begin, begin + timedelta(days=7), actor_name="Olu")
    )
    assert field(stage.ask("digest"), "Saved") == ""


def test_the_savings_of_a_schedule_that_stopped_nothing_yet_are_a_forecast(
    stage: Stage, world: World, golden: Golden
) -> None:
    """The environment ran 12 hours a day at a dollar an hour; 60 hours of the week are in the schedule."""
    scheduled(world)
    on_all_days(world)
    watched(world, "staging")
    said = stage.ask("digest")
    assert field(said, "Saved") == golden
    assert [note for note in telling.notes(said) if "foreseen" in note] == golden


def test_a_forecast_from_back_filled_days_says_so(stage: Stage, world: World, golden: Golden) -> None:
    """A newcomer has nothing but back-filled weeks, in which the environment ran all day."""
    scheduled(world)
    for number in range(7):
        used(world, "staging", day_of(number), 24, hours=24, source=Source.INSIGHTS)
    said = stage.ask("digest")
    assert field(said, "Saved") == golden
    assert [note for note in telling.notes(said) if "foreseen" in note] == golden


def test_several_schedules_that_stopped_nothing_share_one_forecast(
    stage: Stage, world: World, golden: Golden
) -> None:
    rows = tuple(ScheduleRow(name, OFFICE, since=LONG_AGO) for name in ("staging", "qa-eu"))
    world.store.catalog.write(CatalogChange(put_schedules=rows))
    for name in ("staging", "qa-eu"):
        for number in range(7):
            used(world, name, day_of(number), 24, hours=24)
    assert field(stage.ask("digest"), "Saved") == golden


@pytest.mark.parametrize("text", ["stop 20:00 UTC", "Mon-Sun 00:00-24:00 UTC"])
def test_a_schedule_that_keeps_nothing_off_has_no_forecast(stage: Stage, world: World, text: str) -> None:
    world.store.catalog.write(CatalogChange(put_schedules=(ScheduleRow("staging", text, since=LONG_AGO),)))
    on_all_days(world)
    assert field(stage.ask("digest"), "Saved") == ""


# Budgets


def test_budgets_are_told_with_the_one_nearest_to_its_end_first(
    stage: Stage, world: World, golden: Golden
) -> None:
    rows = (BudgetRow("staging", Budget(100 * USD)), BudgetRow("qa-*", Budget(50 * USD)))
    world.store.catalog.write(CatalogChange(put_budgets=rows))
    today = world.clock.at.date()
    used(world, "staging", today, 41)
    used(world, "qa-eu", today, 45)
    assert field(stage.ask("digest"), "Budgets") == golden


def test_the_digest_says_what_its_budgets_rest_on_and_by_which_prices(
    stage: Stage, world: World, golden: Golden
) -> None:
    """Some days of one environment are back-filled; nothing is known of the other before yesterday."""
    rows = (BudgetRow("staging", Budget(100 * USD)), BudgetRow("qa-eu", Budget(50 * USD)))
    world.store.catalog.write(CatalogChange(put_budgets=rows))
    today = world.clock.at.date()
    for name in ("staging", "qa-eu"):
        row = UsageRow(name, "web", today, "fargate.vcpu.x86", 1, 41 * USD, "price list 2026-03-02")
        world.store.book.ledger.days.put(name, [today], [row])
    used(world, "staging", day_of(0), 12, source=Source.INSIGHTS)
    watched(world, "staging", since=midnight(1))
    watched(world, "qa-eu", since=midnight(7))
    notes = [note for note in telling.notes(stage.ask("digest")) if "udgets" in note or "list price" in note]
    assert notes == golden


def test_no_share_of_a_budget_is_told_if_nothing_is_known(stage: Stage, world: World, golden: Golden) -> None:
    world.store.catalog.write(CatalogChange(put_budgets=(BudgetRow("staging", Budget(100 * USD)),)))
    assert field(stage.ask("digest"), "Budgets") == golden


def test_a_budget_that_covers_a_hidden_environment_is_not_told(stage: Stage, world: World) -> None:
    """Dev may not view production."""
    world.store.catalog.write(CatalogChange(put_budgets=(BudgetRow("*", Budget(100 * USD)),)))
    used(world, "production", world.clock.at.date(), 41)
    assert field(stage.ask("digest"), "Budgets") == ""


# Days out of line


def usual(world: World, usd: float = 10, *, looked: bool = True, **more: Any) -> None:
    """Record the four weeks before the one that is told of, watched throughout unless ``looked`` is false."""
    for ago in range(1, 5):
        for number in range(7):
            used(world, "staging", day_of(number, ago=ago), usd, **more)
    if looked:
        watched(world, "staging", until=midnight(0))


def out_of_line(stage: Stage) -> list[str]:
    return [note for note in telling.notes(stage.ask("digest")) if "usual" in note]


def test_a_day_out_of_line_is_told_with_what_explains_it(stage: Stage, world: World, golden: Golden) -> None:
    usual(world)
    used(world, "staging", day_of(3), 11, hours=24, batch=20)
    at = datetime.combine(day_of(3), datetime.min.time(), UTC)
    world.store.book.overrides.put(
        Override("o", "staging", "up", at + timedelta(hours=20), at + timedelta(hours=30), actor_name="Olu")
    )
    said = stage.ask("digest")
    assert [note for note in telling.notes(said) if "usual" in note] == golden


def test_several_days_of_one_environment_are_one_line(stage: Stage, world: World, golden: Golden) -> None:
    usual(world)
    for number, usd in ((4, 30), (5, 40), (6, 35)):
        used(world, "staging", day_of(number), usd)
    assert [note for note in telling.notes(stage.ask("digest")) if "usual" in note] == golden


def test_a_deployment_the_day_before_is_named(stage: Stage, world: World, golden: Golden) -> None:
    usual(world)
    used(world, "staging", day_of(3), 40)
    at = datetime.combine(day_of(2), datetime.min.time(), UTC)
    seen = Sighting("staging", at, (ServiceSeen("web", 1, 1, deployed=at + timedelta(hours=15)),))
    world.store.book.ledger.sightings.put(seen)
    assert [note for note in telling.notes(stage.ask("digest")) if "usual" in note] == golden


def test_a_cheap_day_is_told_only_where_somebody_watched(stage: Stage, world: World) -> None:
    usual(world)
    used(world, "staging", day_of(3), 1)
    assert not out_of_line(stage)
    watched(world, "staging")
    assert out_of_line(stage)


def test_unwatched_days_are_never_a_basis_for_comparison(stage: Stage, world: World) -> None:
    """The meter was away on three of the four Thursdays before, and saw a dollar's worth of each."""
    usual(world, looked=False)
    for ago in (1, 2, 3):
        used(world, "staging", day_of(3, ago=ago), 1)
        watched(
            world, "staging", since=midnight(3, ago=ago + 1) + timedelta(days=1), until=midnight(3, ago=ago)
        )
    watched(world, "staging", since=midnight(4, ago=1))
    for number in range(7):
        used(world, "staging", day_of(number), 10)
    assert not out_of_line(stage)


def test_a_metered_day_is_compared_with_back_filled_days_by_tasks_alone(
    stage: Stage, world: World, golden: Golden
) -> None:
    """Back-filled days have only tasks in them, so a database would be out of line on each day of the first
    week. Its tasks may be out of line.
    """
    usual(world, looked=False, source=Source.INSIGHTS)
    watched(world, "staging", since=midnight(0))
    days = world.store.book.ledger.days
    for number in range(7):
        used(world, "staging", day_of(number), 10)
        tasks = days.rows(["staging"], day_of(number), day_of(number))
        database = replace(tasks[-1], service="db", item="rds.db.t4g.medium.postgres.single", micros=20 * USD)
        days.put("staging", [day_of(number)], [*tasks, database])
    assert not out_of_line(stage)
    used(world, "staging", day_of(6), 30)
    assert out_of_line(stage) == golden


def test_a_first_cost_on_a_day_that_was_always_free_is_out_of_line(
    stage: Stage, world: World, golden: Golden
) -> None:
    """The environment was always off at weekends, and nothing was paid for meanwhile."""
    watched(world, "staging")
    used(world, "staging", day_of(5), 20, hours=24)
    assert out_of_line(stage) == golden


def test_an_ordinary_week_reports_no_savings_budgets_or_odd_days(stage: Stage, world: World) -> None:
    usual(world)
    for number in range(7):
        used(world, "staging", day_of(number), 10)
    said = stage.ask("digest")
    assert field(said, "Saved") == field(said, "Budgets") == ""
    assert not [note for note in telling.notes(said) if "usual" in note or note.startswith("Savings")]
