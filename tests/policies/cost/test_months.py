"""What a month will have cost at its end."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from policies.cost.months import Forecast, forecast, month_of, rest_of_month, shared_out
from policies.cost.savings import Rates
from tests.policies.cost.ledger import utc


def test_a_forecast_is_what_was_spent_plus_what_the_schedule_still_has_in_it() -> None:
    """50 USD so far; then 40 hours on at 0.50 and 80 off at 0.05."""
    found = forecast(50_000_000, Rates(500_000, 50_000), on=40 * 3_600, off=80 * 3_600)
    assert found == Forecast(50_000_000, 74_000_000)


@pytest.mark.parametrize(
    ("rates", "on", "off", "total"),
    [
        (Rates(None, 50_000), 1, 1, None),
        (Rates(500_000, None), 1, 1, None),
        (Rates(None, 36_000), 0, 3_600, 36_001),
        (Rates(None, None), 0, 0, 1),
    ],
)
def test_nothing_is_forecast_from_unknown_costs(rates: Rates, on: int, off: int, total: int | None) -> None:
    found = forecast(1, rates, on=on, off=off)
    assert (found.total if found else None) == total


def test_the_rest_of_a_month_ends_at_local_midnight() -> None:
    """In Berlin on 31 October 2026 winter time has begun: midnight is at 23:00 in UTC."""
    now = utc("2026-10-20 12:00")
    assert rest_of_month(now, ZoneInfo("Europe/Berlin")) == (now, utc("2026-10-31 23:00"))
    late = utc("2026-11-30 23:30")
    assert rest_of_month(late, ZoneInfo("Europe/Berlin"))[1] == utc("2026-12-31 23:00")
    assert month_of(date(2024, 2, 9)) == (date(2024, 2, 1), date(2024, 2, 29))


@pytest.mark.parametrize(
    ("on", "seconds", "shared"),
    [(50, 100, (500, 500)), (0, 100, (0, 1_000)), (0, 0, (1_000, 0)), (200, 100, (1_000, 0))],
)
def test_without_a_schedule_the_month_goes_on_as_before(
    on: int, seconds: int, shared: tuple[int, int]
) -> None:
    assert shared_out(1_000, on=on, seconds=seconds) == shared
