"""A schedule's week: its hours, and the strip that a person reads."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from policies.schedule.schedule import parse
from tests.golden import Golden

WEEK = date(2026, 12, 21)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("always", 168),
        ("never", 0),
        ("Mon-Fri 08:00-19:00 Europe/Berlin", 55),
        ("Mon-Fri 08:00-20:00, Sat 10:00-14:00 Europe/Berlin", 64),
        ("Mon-Fri 08:00-20:00, Mon 10:00-21:00 Europe/Berlin", 61),
        ("22:00-06:00 Asia/Kolkata", 56),
        ("Sun 22:00-06:00, Mon 05:00-07:00 UTC", 9),
        ("Mon-Sun 00:00-24:00 UTC except 2026-12-24", 168),
        ("2026-12-24T08:00/2026-12-26T20:00 UTC", 0),
        ("Mon-Fri stop 19:00 UTC", None),
        ("Mon-Fri start 08:00 UTC", None),
        ("Mon-Fri start 08:00, Mon-Fri stop 20:00 UTC", 60),
        ("Mon start 08:00, Fri stop 20:00 UTC", 108),
        ("Fri start 20:00, Mon stop 08:00 UTC", 60),
        ("Mon-Fri 08:00-20:00, Sat-Sun stop 22:00 UTC", 60),
        ("Mon-Fri 08:00-20:00, Sat start 10:00, Sat stop 12:00 UTC", 62),
        ("Mon-Fri 08:00-20:00, Wed stop 12:00 UTC", 52),
    ],
)
def test_hours_a_week_are_those_of_the_wall_clock(text: str, hours: float | None) -> None:
    assert parse(text).hours_a_week() == hours


def test_nth_weekdays_count_as_often_as_they_come() -> None:
    # Twelve first Mondays in a year of 365.25 days.
    assert parse("Mon#1 08:00-20:00 UTC").hours_a_week() == pytest.approx(12 * 12 / (365.25 / 7))


def test_hours_between_two_instants_know_clock_changes_and_days_off() -> None:
    schedule = parse("00:00-24:00 Europe/Berlin except 2026-03-31")
    start, end = datetime(2026, 3, 27, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert schedule.hours_up(start, end) == 24 + 23 + 24
    assert parse("stop 19:00 UTC").hours_up(start, end) == 0


def test_the_strip_has_a_line_for_each_day_in_marks_and_in_words(golden: Golden) -> None:
    schedule = parse("Mon-Fri 08:00-20:30, Sat 22:00-06:00 Europe/Berlin except holidays DE-BE, 2026-12-24")
    assert schedule.strip(WEEK, holidays=frozenset({date(2026, 12, 25)})).splitlines() == golden


def test_the_strip_shows_hours_that_clocks_skip_and_hours_that_come_twice(golden: Golden) -> None:
    spring = parse("Sun 01:00-04:00 Europe/Berlin").strip(date(2026, 3, 29)).splitlines()[1]
    autumn = parse("Sun 01:00-02:30 Europe/Berlin").strip(date(2026, 10, 25)).splitlines()[1]
    assert spring == golden
    assert autumn == golden


@pytest.mark.parametrize(("text", "said"), [("always", "up all day"), ("never", "down")])
def test_a_whole_day_up_or_down_is_described_as_one(text: str, said: str) -> None:
    assert {line[38:] for line in parse(text).strip(WEEK).splitlines()[1:]} == {said}


def test_a_stop_is_a_mark_in_its_hour(golden: Golden) -> None:
    lines = parse("Mon-Fri stop 19:00, Mon-Fri stop 23:30 UTC").strip(WEEK).splitlines()
    assert lines[1] == golden
    assert lines[6] == golden


def test_days_of_the_month_and_months_count_as_often_as_they_come() -> None:
    # A year has 365.25 days on average; January to March are thirteen weeks less about a day.
    assert parse("L 08:00-20:00 UTC").hours_a_week() == pytest.approx(12 * 12 / (365.25 / 7))
    assert parse("Jan-Mar 00:00-24:00 UTC").hours_a_week() == pytest.approx(168 * 90.25 / 365.25)


def test_a_start_is_a_mark_in_its_hour(golden: Golden) -> None:
    lines = parse("Mon-Fri start 08:00 UTC").strip(WEEK).splitlines()
    assert (lines[1], lines[6]) == golden


def test_starts_and_stops_are_marks_among_windows(golden: Golden) -> None:
    schedule = parse("Mon-Fri 08:00-20:00, Sat start 10:00, Sun stop 18:30, Tue stop 22:00 UTC")
    assert schedule.strip(WEEK).splitlines() == golden


def test_the_strip_shows_rules_of_some_months_only_in_season(golden: Golden) -> None:
    schedule = parse("Mon-Fri Nov-Dec 08:00-20:00, 1 08:00-12:00 Europe/Berlin")
    assert schedule.strip(date(2026, 12, 28)).splitlines() == golden
