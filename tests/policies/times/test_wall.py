"""Wall times as instants, on the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.times.wall import clock, earliest, latest, minutes, weekday
from tests.policies.schedules import ZONES, written


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "at", "first", "second"),
    [
        ("Europe/Berlin", "2026-11-21", "08:00", "2026-11-21T07:00", "2026-11-21T07:00"),
        ("Europe/Berlin", "2026-11-21", "24:00", "2026-11-21T23:00", "2026-11-21T23:00"),
        ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29", "02:59", "2026-03-29T01:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30", "2026-10-25T01:30"),
        ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00", "2026-10-25T02:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:20", "2026-10-03T15:30", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45", "2026-04-04T15:15"),
        ("America/Havana", "2026-10-31", "24:00", "2026-11-01T04:00", "2026-11-01T05:00"),
        ("Africa/Cairo", "2026-04-24", "00:00", "2026-04-23T22:00", "2026-04-23T22:00"),
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00", "2011-12-30T10:00"),
    ],
)
def test_a_wall_time_begins_early_and_ends_late(
    zone: str, day: str, at: str, first: str, second: str
) -> None:
    minute = minutes(at)
    assert minute is not None
    where = (date.fromisoformat(day), minute, ZoneInfo(zone))
    assert (earliest(*where), latest(*where)) == (utc(first), utc(second))


@given(st.sampled_from(ZONES), written, st.integers(0, 2879), st.integers(0, 2879))
@settings(max_examples=150, deadline=None)
def test_a_later_wall_time_is_never_an_earlier_instant(zone: str, day: date, one: int, other: int) -> None:
    here, (low, high) = ZoneInfo(zone), sorted((one, other))
    assert earliest(day, low, here) <= earliest(day, high, here)
    assert latest(day, low, here) <= latest(day, high, here)
    assert earliest(day, low, here) <= latest(day, low, here)


@pytest.mark.parametrize(
    "text", ["", "8", "8:0", "08:60", "24:01", "25:00", "-1:00", "08:00:00", "٠٨:00", " 08:00"]
)
def test_a_text_that_is_not_a_time_of_day_is_not_read(text: str) -> None:
    assert minutes(text) is None


@given(st.integers(0, 1440))
def test_minutes_print_as_they_are_read(minute: int) -> None:
    assert minutes(clock(minute)) == minute


@pytest.mark.parametrize(
    ("text", "day"), [("Mon", 0), ("SUN", 6), ("wednesday", 2), ("We", None), ("Mondays", None)]
)
def test_a_weekday_has_three_letters_or_its_whole_name(text: str, day: int | None) -> None:
    assert weekday(text) == day
