"""What a schedule would save, worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from policies.cost.outlook import Outlook, outlook
from policies.cost.spans import Source
from policies.cost.usage import ON, UsageRow

USD, HOUR, DAY = 1_000_000, 3_600, 86_400
MONDAY = date(2026, 11, 2)
LISTED = ("price list 2026-11-01",)


def day(
    number: int,
    usd: float | None,
    hours: int,
    *,
    item: str = "fargate.vcpu.x86",
    source: Source = Source.SEEN,
) -> list[UsageRow]:
    when, paid = MONDAY + timedelta(days=number), None if usd is None else round(usd * USD)
    row = UsageRow("staging", "web", when, item, 1, paid, LISTED[0] if usd is not None else "", source)
    on = UsageRow("staging", "", when, ON, hours * HOUR, None, source=source)
    return [row, on] if hours else [row]


def week(usd: float | None, hours: int, source: Source = Source.SEEN, *, first: int = 0) -> list[UsageRow]:
    return [row for number in range(7) for row in day(first + number, usd, hours, source=source)]


def test_a_schedule_saves_its_hours_off_at_what_an_hour_of_tasks_has_cost() -> None:
    """24 USD for 24 hours on are 1 USD an hour; the schedule has the environment off for 108 hours of the
    week.
    """
    found = outlook(week(24, 24), hours_up=60, seconds=7 * DAY)
    assert found == Outlook(108 * HOUR, 0, 108 * USD, prices=LISTED)


def test_costs_that_are_always_paid_are_not_saved() -> None:
    database = UsageRow("staging", "db", MONDAY, "rds.db.t4g.medium.postgres.single", 1, 50 * USD)
    found = outlook([*week(24, 24), database], hours_up=60, seconds=7 * DAY)
    assert found is not None
    assert found.micros == 108 * USD


def test_an_outlook_says_how_long_the_environment_was_off_without_the_schedule() -> None:
    """Twelve hours a day at 12 USD: 1 USD an hour again, and 84 hours of the week off."""
    found = outlook(week(12, 12), hours_up=60, seconds=7 * DAY)
    assert found == Outlook(108 * HOUR, 84 * HOUR, 108 * USD, prices=LISTED)


def test_only_metered_days_give_the_hourly_cost_and_all_days_the_hours_off() -> None:
    """Back-filled on demand: 2 USD an hour all day; metered on Spot: 0.50 USD an hour for 12 hours."""
    filled = week(48, 24, Source.INSIGHTS)
    metered = [row for n in range(7, 14) for row in day(n, 6, 12, item="spot.vcpu.x86")]
    found = outlook([*filled, *metered], hours_up=60, seconds=14 * DAY)
    assert found == Outlook(108 * HOUR, 42 * HOUR, 54 * USD, prices=LISTED)
    found = outlook(filled, hours_up=60, seconds=7 * DAY)
    assert found == Outlook(108 * HOUR, 0, 216 * USD, backfilled=True, prices=LISTED)


@pytest.mark.parametrize("rows", [[], week(None, 24), week(24, 0)], ids=["nothing", "no price", "never on"])
def test_nothing_is_foreseen_from_unknown_costs(rows: list[UsageRow]) -> None:
    assert outlook(rows, hours_up=60, seconds=7 * DAY) is None


def test_a_schedule_that_is_always_on_saves_nothing() -> None:
    found = outlook(week(24, 24), hours_up=168, seconds=7 * DAY)
    assert found == Outlook(0, 0, 0, prices=LISTED)
