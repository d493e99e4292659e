"""Days of the week and of the month, in every month or some, compared with a calendar."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.schedule.rules import Days, MonthDay
from policies.schedule.schedule import parse
from policies.schedule.words import selector
from tests.policies import schedules as any_


@pytest.mark.parametrize(
    ("text", "falls_on"),
    [
        ("1", ["2026-08-01"]),
        ("L", ["2026-08-31"]),
        ("15W", ["2026-08-14"]),  # the 15th is a Saturday
        ("16W", ["2026-08-17"]),  # the 16th is a Sunday
        ("1W", ["2026-08-03"]),  # the 1st is a Saturday, and July is another month
        ("LW", ["2026-08-31"]),
        ("FriL", ["2026-08-28"]),
        ("30-31", ["2026-08-30", "2026-08-31"]),
        ("Sep", []),
    ],
)
def test_rules_pick_the_known_days_of_an_august(text: str, falls_on: list[str]) -> None:
    found = selector(text)
    assert found is not None
    august = [date(2026, 8, 1) + timedelta(days=n) for n in range(31)]
    assert [str(day) for day in august if day in found] == falls_on


def test_a_month_without_the_day_is_skipped() -> None:
    days = Days(dates=frozenset({MonthDay(31), MonthDay(31, working=True)}))
    june = [date(2026, 6, 1) + timedelta(days=n) for n in range(30)]
    assert not any(day in days for day in june)


@given(any_.some_days, st.dates(date(1996, 1, 1), date(2104, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_a_rule_picks_a_day_if_the_calendar_does(days: Days, day: date) -> None:
    assert (day in days) is (
        (not days.months or day.month in days.months)
        and (day.weekday() in days.week or day.day in _nth(days, day) | _dates(days, day))
    )


def _month(day: date) -> list[date]:
    return [day.replace(day=n + 1) for n in range(calendar.monthrange(day.year, day.month)[1])]


def _nth(days: Days, day: date) -> set[int]:
    """Count the weekdays of the month from either end, by listing them."""
    found = set()
    for weekday, n in days.nth:
        listed = [each.day for each in _month(day) if each.weekday() == weekday]
        if abs(n) <= len(listed):
            found.add(listed[n - 1 if n > 0 else n])
    return found


def _dates(days: Days, day: date) -> set[int]:
    month = _month(day)
    found = set()
    for number, working in days.dates:
        wanted = len(month) if number == -1 else number
        if wanted <= len(month):
            working_days = [each.day for each in month if each.weekday() < 5]
            nearest = min(working_days, key=lambda each: abs(each - wanted))
            found.add(nearest if working else wanted)
    return found


@pytest.mark.parametrize(
    ("text", "at", "since", "until"),
    [
        ("Jan-Mar 00:00-24:00 UTC", "2026-02-10", "2026-01-01", "2026-04-01"),
        ("Nov-Feb 00:00-24:00 UTC", "2026-12-10", "2026-11-01", "2027-03-01"),
        ("29 Feb 00:00-24:00 UTC", "2097-01-01", "2096-03-01", "2104-02-29"),
        ("Mon#5 Feb 00:00-24:00 UTC", "2060-01-01", "2044-03-01", "2072-02-29"),
        ("24 Dec 00:00-24:00 UTC", "2026-11-29", "2025-12-25", "2026-12-24"),
        ("L 00:00-24:00, 1 00:00-24:00 UTC", "2026-11-30", "2026-11-30", "2026-12-02"),
        ("Jan-Jun 00:00-24:00, Jul-Dec 00:00-24:00 UTC", "2026-11-30", None, None),
        ("1-31 00:00-24:00 UTC", "2026-11-30", None, None),
    ],
)
def test_rare_days_are_found(text: str, at: str, since: str | None, until: str | None) -> None:
    answer = parse(text).at(datetime.fromisoformat(f"{at}T12:00").replace(tzinfo=UTC))
    assert [f"{each:%Y-%m-%d}" if each else None for each in (answer.since, answer.until)] == [since, until]
