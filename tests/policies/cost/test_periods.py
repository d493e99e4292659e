"""Periods as people say them. 30 November 2026 is a Monday."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cost.periods import FORMS, Period, PeriodError, period
from tests.golden import Golden

WEDNESDAY, MONDAY = date(2026, 11, 18), date(2026, 11, 30)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "today", "days", "before"),
    [
        ("today", WEDNESDAY, "2026-11-18 2026-11-18", "2026-11-17 2026-11-17"),
        ("yesterday", WEDNESDAY, "2026-11-17 2026-11-17", "2026-11-16 2026-11-16"),
        ("this week", WEDNESDAY, "2026-11-16 2026-11-18", "2026-11-09 2026-11-11"),
        ("this week", MONDAY, "2026-11-30 2026-11-30", "2026-11-23 2026-11-23"),
        ("last week", MONDAY, "2026-11-23 2026-11-29", "2026-11-16 2026-11-22"),
        ("", WEDNESDAY, "2026-11-01 2026-11-18", "2026-10-01 2026-10-18"),
        ("this month", WEDNESDAY, "2026-11-01 2026-11-18", "2026-10-01 2026-10-18"),
        ("this month", day("2026-03-31"), "2026-03-01 2026-03-31", "2026-02-01 2026-02-28"),
        ("this month", day("2026-01-02"), "2026-01-01 2026-01-02", "2025-12-01 2025-12-02"),
        ("last month", WEDNESDAY, "2026-10-01 2026-10-31", "2026-09-01 2026-09-30"),
        ("last month", day("2024-03-05"), "2024-02-01 2024-02-29", "2024-01-01 2024-01-31"),
        ("since Monday", WEDNESDAY, "2026-11-16 2026-11-18", "2026-11-13 2026-11-15"),
        ("since mon", MONDAY, "2026-11-30 2026-11-30", "2026-11-29 2026-11-29"),
        ("since Thu", WEDNESDAY, "2026-11-12 2026-11-18", "2026-11-05 2026-11-11"),
        ("since yesterday", WEDNESDAY, "2026-11-17 2026-11-18", "2026-11-15 2026-11-16"),
        ("since today", WEDNESDAY, "2026-11-18 2026-11-18", "2026-11-17 2026-11-17"),
        ("since last week", WEDNESDAY, "2026-11-09 2026-11-18", "2026-10-30 2026-11-08"),
        ("since this week", MONDAY, "2026-11-30 2026-11-30", "2026-11-29 2026-11-29"),
        ("since last month", WEDNESDAY, "2026-10-01 2026-11-18", "2026-08-13 2026-09-30"),
        ("since this month", WEDNESDAY, "2026-11-01 2026-11-18", "2026-10-14 2026-10-31"),
        ("since 1 Nov", WEDNESDAY, "2026-11-01 2026-11-18", "2026-10-14 2026-10-31"),
        ("since Nov 1", WEDNESDAY, "2026-11-01 2026-11-18", "2026-10-14 2026-10-31"),
        ("since 20 november", WEDNESDAY, "2025-11-20 2026-11-18", "2024-11-21 2025-11-19"),
        ("since 1 Nov 2026", WEDNESDAY, "2026-11-01 2026-11-18", "2026-10-14 2026-10-31"),
        ("since 29 Feb", WEDNESDAY, "2024-02-29 2026-11-18", "2021-06-10 2024-02-28"),
        ("since October", WEDNESDAY, "2026-10-01 2026-11-18", "2026-08-13 2026-09-30"),
        ("since Oct 2026", WEDNESDAY, "2026-10-01 2026-11-18", "2026-08-13 2026-09-30"),
        ("since 2026-11-01", WEDNESDAY, "2026-11-01 2026-11-18", "2026-10-14 2026-10-31"),
        ("2026-10", WEDNESDAY, "2026-10-01 2026-10-31", "2026-09-01 2026-09-30"),
        ("2026-11", WEDNESDAY, "2026-11-01 2026-11-18", "2026-10-01 2026-10-18"),
        ("October", WEDNESDAY, "2026-10-01 2026-10-31", "2026-09-01 2026-09-30"),
        ("dec", WEDNESDAY, "2025-12-01 2025-12-31", "2025-11-01 2025-11-30"),
        ("November", WEDNESDAY, "2026-11-01 2026-11-18", "2026-10-01 2026-10-18"),
        ("May 2025", WEDNESDAY, "2025-05-01 2025-05-31", "2025-04-01 2025-04-30"),
    ],
)
def test_a_period_is_local_days_with_earlier_days_to_compare_with(
    text: str, today: date, days: str, before: str
) -> None:
    found = period(text).on(today)
    assert (found.first, found.last) == tuple(map(day, days.split()))
    assert found.before == tuple(map(day, before.split()))
    assert found.so_far is (found.last == today)


@pytest.mark.parametrize("text", ["Last  WEEK", ' "last week" ', "“last week”", "last week\n"])
def test_case_quotes_and_blanks_mean_nothing(text: str) -> None:
    assert period(text).on(MONDAY) == Period("last week").on(MONDAY)


def test_which_day_it_is_depends_on_the_zone() -> None:
    now = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert period("today").at(now, ZoneInfo("UTC")).first == date(2026, 11, 30)
    assert period("this month").at(now, ZoneInfo("Asia/Tokyo")).first == date(2026, 12, 1)


@pytest.mark.parametrize(
    "text",
    [
        "fortnight", "lots", "last", "week", "last year", "last 7 days", "7d", "since",
        "since 1", "1 Nov", "2026-11-01", "01/11", "since 01/11", "since 1 Nov 26",
        "October 26", "since 1 Nov 2026 now", "this week please", "2026-1", "Monday", "-1",
        "oct nov",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_the_allowed_forms(text: str) -> None:
    with pytest.raises(PeriodError) as refused:
        period(text)
    assert str(refused.value) == f'"{text}" is not a period; {FORMS}.'


def test_a_refused_period_says_why(golden: Golden) -> None:
    assert [
        refusal(text) for text in ("fortnight", "2026-13", "since 31 Feb", "1999-05", "x" * 500)
    ] == golden


def refusal(text: str) -> str:
    with pytest.raises(PeriodError) as refused:
        period(text)
    return str(refused.value)


@pytest.mark.parametrize("text", ["2026-12", "December 2026", "since 2026-11-19", "since 19 Nov 2026"])
def test_a_period_still_to_come_is_refused(text: str, golden: Golden) -> None:
    asked = period(text)
    with pytest.raises(PeriodError) as refused:
        asked.on(WEDNESDAY)
    assert str(refused.value) == golden


@pytest.mark.parametrize("text", ["tomorrow", "since tomorrow", "next week", "Next month"])
def test_a_text_that_is_always_still_to_come_is_no_period(text: str) -> None:
    with pytest.raises(PeriodError) as refused:
        period(text)
    assert str(refused.value) == f'"{text}" is still to come, so there is nothing to count yet.'


DATES = st.dates(date(2001, 1, 1), date(2099, 12, 31))
FIXED = [
    "today",
    "yesterday",
    "this week",
    "last week",
    "this month",
    "last month",
    "since fri",
    "since 29 feb",
    "may",
]


@given(text=st.sampled_from(FIXED), today=DATES)
def test_no_period_reaches_beyond_today_and_the_days_before_end_where_it_begins(
    text: str, today: date
) -> None:
    found = period(text).on(today)
    first, last = found.before
    assert first <= last < found.first <= found.last <= today
    if text.split()[-1] not in ("month", "may"):
        assert last - first == found.last - found.first
    if not found.so_far or text.startswith("since"):
        assert last + timedelta(days=1) == found.first


@given(text=st.text(max_size=60))
def test_any_text_is_a_period_or_refused_with_a_sentence(text: str) -> None:
    try:
        found = period(text)
    except PeriodError as refused:
        assert str(refused).endswith(".") and len(str(refused)) < 260
    else:
        assert period(found.text) == found
