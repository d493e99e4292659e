"""Holidays by country and subdivision, as the library has them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.holidays import HolidayCalendars, check_calendars
from policies.schedule.schedule import parse
from policies.schedule.words import ScheduleError
from tests.golden import Golden

WEEK = "Mon-Fri 08:00-20:00 Europe/Berlin"
CALENDARS = HolidayCalendars()


def test_a_schedule_without_calendars_has_no_dates() -> None:
    assert CALENDARS.dates(parse(WEEK), 2026) == frozenset()


def test_dates_cover_the_year_and_the_years_before_and_after() -> None:
    dates = CALENDARS.dates(parse(f"{WEEK} except holidays DE"), 2026)
    assert {date(2025, 12, 25), date(2026, 10, 3), date(2027, 1, 1)} <= dates
    assert {day.year for day in dates} == {2025, 2026, 2027}


def test_a_part_of_a_country_has_days_of_its_own() -> None:
    womens_day = date(2026, 3, 8)
    assert womens_day in CALENDARS.dates(parse(f"{WEEK} except holidays DE-BE"), 2026)
    assert womens_day not in CALENDARS.dates(parse(f"{WEEK} except holidays DE-BY"), 2026)


def test_the_same_question_returns_the_same_object() -> None:
    read = parse(f"{WEEK} except holidays DE-BE, holidays GB-SCT")
    assert CALENDARS.dates(read, 2026) is CALENDARS.dates(read, 2026)


def test_a_schedule_is_down_on_a_holiday(golden: Golden) -> None:
    read = parse(f"{WEEK} except holidays DE")
    good_friday = datetime(2026, 4, 3, 10, 0, tzinfo=UTC)
    found = read.at(good_friday, holidays=CALENDARS.dates(read, 2026))
    assert found.state == "down"
    assert found.why == golden


@pytest.mark.parametrize("name", ["ZZ", "DE-XX", "VA-XX"], ids=["no calendar", "no such part", "no parts"])
def test_an_unknown_calendar_is_one_sentence(name: str, golden: Golden) -> None:
    read = parse(f"{WEEK} except holidays {name}")
    with pytest.raises(ScheduleError) as checked:
        check_calendars(read)
    assert str(checked.value) == golden
    with pytest.raises(ScheduleError) as asked:
        CALENDARS.dates(read, 2026)
    assert str(asked.value) == str(checked.value)
