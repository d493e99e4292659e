"""`/env cost`: what one environment, or all that the actor may view, cost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.result import Answer, NotUnderstood, Reply
from policies.cost.spans import Source
from tests import telling
from tests.golden import Golden
from tests.handlers.spending import DAY, RDS, SSD, USD, VCPU, Spending
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, DEV, NIA, OLU, VIC, HandClock, World, environment

NOW = datetime(2026, 3, 17, 9, 0, tzinfo=UTC)
JAN, FEB, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
TODAY = date(2026, 3, 17)
LONG = (datetime(2026, 1, 1, tzinfo=UTC), NOW - timedelta(minutes=4))


@pytest.fixture
def world() -> World:
    return World(HandClock(NOW)).catalogue()


@pytest.fixture
def spending(world: World) -> Spending:
    return Spending(world)


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


@pytest.fixture
def usual(spending: Spending) -> Spending:
    return spend_as_usual(spending)


def spend_as_usual(spending: Spending) -> Spending:
    """Two services since January, and a third from March on."""
    spending.watched("staging", LONG)
    spending.days("staging", JAN, TODAY, ("orders-api", 2 * USD), ("web", USD))
    for number in range(17):
        spending.row("staging", "jobs", MARCH + timedelta(days=number), VCPU, 1_000, USD // 2)
    return spending


def cost(stage: Stage, name: str = "", period: str = "", **rest: Any) -> Reply:
    given = {"period": period} if period else {}
    return stage.ask("cost", name, arguments=given, **rest)


def test_an_environment_shows_its_sum_the_sum_before_and_its_services(
    stage: Stage, usual: Spending, golden: Golden
) -> None:
    told = cost(stage, "staging")
    assert told.headline == golden
    assert telling.table(told).columns == ("Service", "Cost", "Before")
    assert telling.table(told).rows == (
        ("orders-api", "34 USD", "32 USD"),
        ("web", "17 USD", "16 USD"),
        ("jobs", "8.50 USD", "–"),
    )
    assert telling.notes(told) == golden(name="notes")


@pytest.mark.parametrize("period", ["last week", "last month", "yesterday", "today", "since 10 Mar"])
def test_a_period_is_shown_with_its_dates_and_compared_by_whole_days(
    stage: Stage, usual: Spending, period: str, golden: Golden
) -> None:
    told = cost(stage, "staging", period)
    assert (told.headline, telling.notes(told)[0]) == golden


def test_a_cost_that_is_new_or_unchanged_is_called_so(
    stage: Stage, spending: Spending, golden: Golden
) -> None:
    spending.watched("staging", LONG).days("staging", MARCH, TODAY, ("web", USD))
    assert telling.notes(cost(stage, "staging"))[0] == golden(name="new")
    spending.days("staging", FEB, date(2026, 2, 28), ("web", USD))
    assert telling.notes(cost(stage, "staging"))[0] == golden(name="same")


def test_hours_off_are_told_with_what_they_still_cost(
    stage: Stage, spending: Spending, golden: Golden
) -> None:
    spending.watched("staging", LONG).days("staging", MARCH, TODAY, ("web", USD))
    for number in range(16):
        day = MARCH + timedelta(days=number)
        spending.row("staging", "orders-db", day, RDS, 1_000 * DAY, 2 * USD)
        spending.row("staging", "orders-db", day, SSD, 20_000 * DAY, USD // 5)
    told = cost(stage, "staging")
    assert telling.note(told, "While off") == golden
    assert telling.table(told).rows[0][0] == golden(name="database")


def test_shared_cost_is_left_out_and_names_only_environments_i_may_see(
    stage: Stage, usual: Spending, golden: Golden
) -> None:
    usual.shared("staging", "qa-eu", "production", service="main-db", day=date(2026, 3, 5), micros=44 * USD)
    whole = cost(stage, "staging").headline
    for who, name in ((ADA, "all"), (DEV, "some"), (VIC, "none")):
        told = cost(stage, "staging", who=who)
        assert told.headline == whole
        assert telling.note(told, "main-db") == golden(name=name)
    assert "production" not in str(cost(stage, "staging", who=DEV))


def test_an_item_without_a_price_is_named_and_not_counted_as_zero(
    stage: Stage, usual: Spending, golden: Golden
) -> None:
    usual.row("staging", "legacy", TODAY, "fargate.vcpu.windows", 1_000, None)
    told = cost(stage, "staging")
    assert telling.note(told, "legacy") == golden
    assert ("legacy", "no price known", "–") in telling.table(told).rows
    assert telling.note(cost(stage), "something in") == golden(name="of all")


def test_a_sum_without_any_price_is_not_zero(stage: Stage, spending: Spending, golden: Golden) -> None:
    spending.watched("staging", LONG).row("staging", "legacy", TODAY, "fargate.vcpu.windows", 1, None)
    assert cost(stage, "staging").headline == golden


def test_back_filled_days_are_called_less_certain(stage: Stage, spending: Spending, golden: Golden) -> None:
    spending.watched("staging", (NOW - timedelta(days=1), NOW))
    for number in range(2):
        spending.row("staging", "web", MARCH + timedelta(days=number), VCPU, 1, USD, source=Source.INSIGHTS)
    told = cost(stage, "staging")
    assert telling.note(told, "back-filled") == golden


def test_gaps_that_nobody_watched_are_named(stage: Stage, usual: Spending, golden: Golden) -> None:
    at = datetime(2026, 3, 3, 5, 0, tzinfo=UTC)
    hours = timedelta(hours=1)
    usual.watched("staging", (LONG[0], at), (at + 3 * hours, at + 9 * hours), (at + 50 * hours, LONG[1]))
    assert telling.note(cost(stage, "staging"), "Nobody watched") == golden(name="two")
    usual.watched("staging", (LONG[0], NOW - 2 * hours))
    assert telling.note(cost(stage, "staging"), "Nobody watched") == golden(name="going on")
    usual.watched("staging", (LONG[0], at), (NOW - 2 * hours, NOW))
    assert telling.note(cost(stage, "staging"), "Nobody watched") == golden(name="until today")
    many = [(at + n * 3 * hours, at + (n * 3 + 1) * hours) for n in range(9)]
    usual.watched("staging", (LONG[0], at - 9 * hours), *many)
    assert telling.note(cost(stage, "staging"), "Nobody watched") == golden(name="many")


@pytest.mark.parametrize("minutes", [30, 1, 0])
def test_the_meters_interval_is_told_as_it_is_set(world: World, golden: Golden, minutes: int) -> None:
    stage = Stage(world, meter_every=timedelta(minutes=minutes))
    assert cost(stage, "staging").headline == golden(name=f"one, {minutes}")
    assert cost(stage).headline == golden(name=f"none of two, {minutes}")
    spending = Spending(world).watched("staging", (NOW - timedelta(seconds=20), NOW))
    spending.days("staging", TODAY, TODAY, ("web", 1_000), on=0)
    assert telling.note(cost(stage, "staging"), "Metering began") == golden(name=f"just now, {minutes}")


def test_windows_costs_what_awss_pages_disagree_on(stage: Stage, spending: Spending, golden: Golden) -> None:
    spending.watched("staging", LONG)
    spending.row("staging", "legacy", MARCH, "fargate.licence.windows", 1, USD)
    spending.row("staging", "odd", MARCH, "fargate.vcpu.windows", 1, None)
    spending.row("staging", "web", MARCH, VCPU, 1, USD)
    assert telling.note(cost(stage, "staging"), "Windows") == golden(name="of one")
    assert telling.note(cost(stage), "Windows") == golden(name="of all")


def test_the_price_of_spot_is_said_to_float(stage: Stage, spending: Spending, golden: Golden) -> None:
    spending.watched("staging", LONG)
    spending.row("staging", "web", MARCH, "spot.vcpu.x86", 1, USD)
    assert telling.note(cost(stage, "staging"), "Spot is") == golden


def test_an_answer_says_when_to_come_back_if_metering_has_just_begun(
    stage: Stage, spending: Spending, golden: Golden
) -> None:
    assert cost(stage, "staging").headline == golden(name="never")
    assert cost(stage).headline == golden(name="none of two")
    assert cost(stage, who=VIC).headline == golden(name="none of one")
    spending.watched("staging", (NOW - timedelta(minutes=2), NOW))
    spending.days("staging", TODAY, TODAY, ("web", 1_000), on=0)
    assert telling.note(cost(stage, "staging"), "Metering began") == golden(name="just now")
    assert cost(stage, "staging", "last week").headline == golden(name="before")
    assert cost(stage, "", "last week").headline == golden(name="before")


def test_an_environment_that_cost_nothing_has_no_table(
    stage: Stage, spending: Spending, golden: Golden
) -> None:
    spending.watched("staging", LONG)
    told = cost(stage, "staging", "last week")
    assert told.headline == golden
    assert telling.tables(told) == ()


def test_more_services_than_a_table_names_are_one_row(stage: Stage, spending: Spending) -> None:
    spending.watched("staging", LONG)
    spending.days("staging", FEB, TODAY, *[(f"s-{n:02}", USD * (20 - n)) for n in range(15)])
    rows = telling.table(cost(stage, "staging")).rows
    assert [row[0] for row in rows] == [*(f"s-{n:02}" for n in range(12)), "3 others"]
    assert rows[-1][1:] == ("357 USD", "336 USD")


@pytest.mark.parametrize("name", ["production", "atlantis"])
def test_an_environment_i_may_not_see_is_answered_as_if_it_did_not_exist(stage: Stage, name: str) -> None:
    told = cost(stage, name)
    assert telling.status(told) == "not found"
    assert told.headline == stage.ask("status", name).headline


@pytest.mark.parametrize("period", ["lastweek", "0", "next week", "since 2026-13-01"])
def test_an_unknown_period_is_not_understood(stage: Stage, period: str, golden: Golden) -> None:
    told = cost(stage, "staging", period)
    assert isinstance(told, NotUnderstood)
    assert told.headline == golden


def test_a_period_still_to_come_is_called_so(stage: Stage, golden: Golden) -> None:
    assert cost(stage, "staging", "since 2026-12-01").headline == golden


def test_whoever_has_no_environment_is_told_what_to_do(stage: Stage, golden: Golden) -> None:
    assert cost(stage, who=NIA).headline == golden


def test_all_my_environments_are_summed_most_expensive_first(
    stage: Stage, usual: Spending, golden: Golden
) -> None:
    usual.watched("qa-eu", LONG).days("qa-eu", FEB, TODAY, ("web", 9 * USD), on=24)
    usual.watched("production", LONG).days("production", FEB, TODAY, ("web", 100 * USD))
    told = cost(stage)
    assert told.headline == golden
    assert telling.table(told).rows == golden(name="rows")
    assert telling.notes(told) == golden(name="notes")
    assert "production" not in str(told)
    assert cost(stage, who=ADA).headline == golden(name="of all")


def test_shared_cost_is_counted_once_and_belongs_to_those_i_may_see(
    stage: Stage, usual: Spending, golden: Golden
) -> None:
    usual.watched("qa-eu", LONG).days("qa-eu", FEB, TODAY, ("web", USD))
    usual.shared("staging", "qa-eu", "production", service="main-db", day=date(2026, 3, 5), micros=44 * USD)
    told = cost(stage)
    assert telling.table(told).rows[-2:] == golden(name="rows")
    assert told.headline == golden(name="sum")
    assert telling.note(told, "shared") == golden(name="note")
    assert "production" not in str(told)
    assert "production" in str(cost(stage, who=ADA))


def test_a_new_environment_has_nothing_to_be_compared_with(stage: Stage, usual: Spending) -> None:
    usual.watched("qa-eu", (NOW - timedelta(days=3), NOW)).days(
        "qa-eu", date(2026, 3, 14), TODAY, ("web", USD)
    )
    rows = {row[0]: row for row in telling.table(cost(stage)).rows}
    assert rows["qa-eu"][2] == ""
    assert rows["staging"][2] != ""


def test_a_new_environment_is_no_change_of_the_sum(stage: Stage, usual: Spending, golden: Golden) -> None:
    alone = telling.notes(cost(stage, "staging"))[0]
    usual.watched("qa-eu", (NOW - timedelta(days=3), NOW))
    usual.days("qa-eu", date(2026, 3, 14), TODAY, ("web", 100 * USD))
    told = telling.notes(cost(stage))[0]
    assert told == golden
    assert told.endswith(alone.partition(":")[2])


def backfilled(spending: Spending, name: str, first: date, count: int) -> None:
    for number in range(count):
        day = first + timedelta(days=number)
        spending.row(name, "web", day, VCPU, 1, USD, source=Source.INSIGHTS)


def test_only_tasks_are_compared_with_back_filled_days(
    stage: Stage, spending: Spending, golden: Golden
) -> None:
    """Otherwise a database that was there all along would look new in the first metered week."""
    backfilled(spending, "staging", date(2026, 2, 23), 14)
    spending.watched("staging", (datetime(2026, 3, 9, tzinfo=UTC), NOW))
    for number in range(9, 18):
        day = date(2026, 3, number)
        spending.row("staging", "web", day, VCPU, 1, USD).row("staging", "db", day, RDS, 1, 5 * USD)
    told = cost(stage, "staging", "last week")
    assert telling.notes(told)[0] == golden
    assert telling.table(told).columns == ("Service", "Cost")
    rows = {row[0]: row for row in telling.table(cost(stage, "", "last week")).rows}
    assert rows["staging"][2] == ""
    assert telling.notes(cost(stage, "", "last week"))[0] == golden(name="of all")


def test_spot_tasks_are_not_compared_with_back_filled_days(stage: Stage, spending: Spending) -> None:
    """Back-filled Spot tasks are priced as on demand, so the first metered week would look cheap."""
    backfilled(spending, "staging", date(2026, 3, 2), 7)
    spending.watched("staging", (datetime(2026, 3, 9, tzinfo=UTC), NOW))
    spending.row("staging", "web", date(2026, 3, 9), "spot.vcpu.x86", 1, USD // 3)
    assert "less than" not in str(cost(stage, "staging", "last week"))


def test_back_filled_days_are_compared_with_back_filled_days(stage: Stage, spending: Spending) -> None:
    backfilled(spending, "staging", date(2026, 3, 2), 14)
    spending.watched("staging", (datetime(2026, 3, 16, tzinfo=UTC), NOW))
    assert "the same as from 2 to 8 March" in str(cost(stage, "staging", "last week"))


def test_unwatched_time_in_the_days_before_is_told_with_the_change(
    stage: Stage, usual: Spending, golden: Golden
) -> None:
    at = datetime(2026, 3, 3, 5, 0, tzinfo=UTC)
    usual.watched("staging", (LONG[0], at), (at + timedelta(hours=30), LONG[1]))
    assert telling.notes(cost(stage, "staging", "last week"))[0] == golden


def test_an_environment_never_looked_at_is_not_said_to_cost_zero(stage: Stage, usual: Spending) -> None:
    rows = {row[0]: row for row in telling.table(cost(stage)).rows}
    assert rows["qa-eu"] == ("qa-eu", "not metered yet", "", "")


def test_many_environments_come_in_pages_that_keep_the_period(
    stage: Stage, spending: Spending, golden: Golden
) -> None:
    names = [f"pr-{n:02}" for n in range(43)]
    stage.store.catalog.write(CatalogChange(put_environments=tuple(environment(name) for name in names)))
    for n, name in enumerate(names):
        spending.watched(name, LONG).days(name, FEB, TODAY, ("web", USD * (50 - n)))
    first = cost(stage, "", "last week", who=OLU)
    assert [row[0] for row in telling.table(first).rows] == [*names[:20], "25 more"]
    [offer] = telling.offers(first)
    assert offer.label == "25 more"
    second = stage.press(offer, who=OLU)
    assert second.headline == first.headline == golden
    assert [row[0] for row in telling.table(second).rows] == [*names[20:40], "5 more"]
    third = stage.press(telling.offers(second)[0], who=OLU)
    assert [row[0] for row in telling.table(third).rows] == [*names[40:], "qa-eu", "staging"]
    assert telling.offers(third) == ()


def test_nothing_asks_aws(stage: Stage, usual: Spending, world: World) -> None:
    assert isinstance(cost(stage), Answer)
    assert world.aws().script.calls == []


def test_days_are_those_of_the_environment(stage: Stage, spending: Spending, world: World) -> None:
    """At 23:30 UTC it is the next day in Auckland, and last month's last day in New York."""
    world.clock.at = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    far = (environment("akl", time_zone="Pacific/Auckland"), environment("nyc", time_zone="America/New_York"))
    stage.store.catalog.write(CatalogChange(put_environments=far))
    for name in ("akl", "nyc"):
        spending.watched(name, LONG).days(name, MARCH, date(2026, 4, 1), ("web", USD))
    assert cost(stage, "akl", who=OLU).headline.startswith("akl: 1.00 USD this month so far, 1 April")
    assert cost(stage, "nyc", who=OLU).headline.startswith("nyc: 31 USD this month so far, 1 to 31 March")
