"""The playground's clock moves to a time at which there is something to see."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from playground.clock import ZONE, demo_tuesday, instant_of, next_weekday

FRIDAY = datetime(2026, 11, 20, 18, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "at", "found"),
    [
        (FRIDAY, time(19, 29), datetime(2026, 11, 20, 19, 29, tzinfo=ZONE)),
        (FRIDAY, time(7, 59), datetime(2026, 11, 23, 7, 59, tzinfo=ZONE)),
        (FRIDAY.replace(hour=19, minute=29), time(19, 29), datetime(2026, 11, 23, 19, 29, tzinfo=ZONE)),
        (datetime(2026, 7, 1, 5, tzinfo=UTC), time(7, 59), datetime(2026, 7, 1, 5, 59, tzinfo=UTC)),
    ],
)
def test_the_next_weekday_at_a_time_is_in_berlin_and_ahead(now: datetime, at: time, found: datetime) -> None:
    assert next_weekday(now, at) == found


def test_a_playground_begins_at_a_time_of_day_or_at_an_instant() -> None:
    assert instant_of("19:29", FRIDAY) == FRIDAY.replace(hour=19, minute=29)
    assert instant_of("2026-11-20T18:00+01:00", FRIDAY) == FRIDAY
    for wrong in ("2026-11-20T18:00", "noon"):
        with pytest.raises(ValueError):
            instant_of(wrong, FRIDAY)


def test_a_demo_begins_on_a_tuesday_at_ten_a_week_or_more_into_the_month() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    for hours in range(0, 2 * 366 * 24, 7):
        now = first + timedelta(hours=hours)
        found = demo_tuesday(now)
        assert (found.strftime("%A %H:%M"), 8 <= found.day <= 28) == ("Tuesday 10:00", True)
        assert timedelta(0) < found - now <= timedelta(weeks=3)
    assert instant_of("tuesday", FRIDAY) == datetime(2026, 11, 24, 10, tzinfo=ZONE)
