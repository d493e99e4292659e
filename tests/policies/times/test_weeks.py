from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.times.weeks import Week


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 11, 30), "2026-W49"),
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2021, 1, 1), "2020-W53"),
    ],
)
def test_a_week_belongs_to_the_year_of_its_thursday(day: date, week: str) -> None:
    assert str(Week.of(day)) == week
    assert Week.read(week) == Week.of(day)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_every_day_is_in_its_week_and_weeks_follow_one_another(day: date) -> None:
    week = Week.of(day)
    assert week.first <= day <= week.last
    assert week.first.weekday() == 0
    assert week.after.first - week.last == timedelta(days=1)
    assert week.after.before == week
    assert week.back(4)[-1] == week
    assert [w.after for w in week.back(4)[:-1]] == list(week.back(4)[1:])


@pytest.mark.parametrize("text", ["", "2026-W54", "2025-W53", "2026-W00", "2026W01", "2026-W1", "last"])
def test_a_text_that_is_not_a_week_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):
        Week.read(text)
