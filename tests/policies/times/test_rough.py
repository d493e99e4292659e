"""Times as people say them: times without a minute are known to be rough, and the others are exact."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from policies.schedule.overrides import keep
from policies.times.instants import TimeError, When, when

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)


def at(said: When) -> str:
    return f"{said.at(MONDAY, BERLIN).astimezone(BERLIN):%a %d %H:%M}"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2 hours", "Mon 23 12:00"),
        ("for 2h", "Mon 23 12:00"),
        ("for 2 hours", "Mon 23 12:00"),
        ("90 min", "Mon 23 11:30"),
        ("90 minutes", "Mon 23 11:30"),
        ("1 hour 30 minutes", "Mon 23 11:30"),
        ("1 hr and 30 mins", "Mon 23 11:30"),
        ("an hour", "Mon 23 11:00"),
        ("half an hour", "Mon 23 10:30"),
        ("an hour and a half", "Mon 23 11:30"),
        ("1.5h", "Mon 23 11:30"),
        ("1,5 h", "Mon 23 11:30"),
        ("2.5 hours", "Mon 23 12:30"),
        ("two hours", "Mon 23 12:00"),
        ("Twelve hours", "Mon 23 22:00"),
        ("ninety minutes", "Mon 23 11:30"),
        ("a couple of hours", "Mon 23 12:00"),
        ("for the next 2 hours", "Mon 23 12:00"),
        ("next two hours", "Mon 23 12:00"),
        ("a week", "Mon 30 10:00"),
        ("2 weeks", "Mon 07 10:00"),
        ("2 days", "Wed 25 10:00"),
        ("until 10pm", "Mon 23 22:00"),
        ("until noon", "Mon 23 12:00"),
        ("until midnight", "Tue 24 00:00"),
        ("tomorrow noon", "Tue 24 12:00"),
        ("tomorrow at 9am", "Tue 24 09:00"),
        ("tonight 23:00", "Mon 23 23:00"),
        ("tonight at 10pm", "Mon 23 22:00"),
    ],
)
def test_a_time_with_a_minute_is_exact(text: str, meant: str) -> None:
    assert (at(when(text)), when(text).rough) == (meant, False)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tonight", "Tue 24 06:00"),
        ("until tomorrow", "Tue 24 06:00"),
        ("tomorrow morning", "Tue 24 06:00"),
        ("until this evening", "Mon 23 20:00"),
        ("until this afternoon", "Mon 23 17:00"),
        ("end of day", "Mon 23 18:00"),
        ("all night", "Tue 24 06:00"),
        ("through the night", "Tue 24 06:00"),
        ("until friday evening", "Fri 27 20:00"),
        ("until Monday morning", "Mon 30 08:00"),
        ("Wed afternoon", "Wed 25 17:00"),
        ("until tomorrow at 9", "Tue 24 09:00"),
        ("until Friday at 18", "Fri 27 18:00"),
        ("until 22.30", "Mon 23 22:30"),
        ("until 22h30", "Mon 23 22:30"),
        ("until the end of the day", "Mon 23 18:00"),
        ("eod", "Mon 23 18:00"),
        ("today", "Tue 24 00:00"),
        ("until end of week", "Fri 27 18:00"),
        ("over the weekend", "Mon 30 08:00"),
        ("next Monday", "Mon 30 08:00"),
        ("next Mon 9am", "Mon 30 09:00"),
        ("until Friday", "Fri 27 08:00"),
        ("until 2026-12-24", "Thu 24 08:00"),
        ("until 22", "Mon 23 22:00"),
        ("until 2200", "Mon 23 22:00"),
        ("until 8", "Tue 24 08:00"),
        ("in 2 hours", "Mon 23 12:00"),
        ("in 2h", "Mon 23 12:00"),
        ("tomorrow midnight", "Wed 25 00:00"),
        ("tonight 2am", "Tue 24 02:00"),
    ],
)
def test_a_time_without_a_minute_is_rough(text: str, meant: str) -> None:
    assert (at(when(text)), when(text).rough) == (meant, True)


@pytest.mark.parametrize(
    "text", ["22", "2200", "in tonight", "in 22:00", "sometime", "until in 2h", "next 9am", "for 22:00"]
)
def test_a_text_that_may_be_no_time_is_refused(text: str) -> None:
    with pytest.raises(TimeError):
        when(text)


def test_the_night_ends_where_a_schedule_begins_and_only_tonight_is_tonight() -> None:
    assert [when(text).night for text in ("tonight", "tomorrow", "until 22")] == [True, True, False]
    assert [when(text).tonight for text in ("tonight", "tomorrow", "overnight")] == [True, False, True]
    assert when("tonight").at(datetime(2026, 11, 23, 10, tzinfo=UTC), BERLIN)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("tonight", ""),
        ('until tomorrow "load test"', "load test"),
        ("2 hours demo", "demo"),
        ("off until Friday", ""),
    ],
)
def test_a_keep_takes_the_same_times_and_its_reason(text: str, reason: str) -> None:
    assert keep(text).reason == reason


@pytest.mark.parametrize(
    "text", ["2h tonight", "tonight IST", "until 22:00 tomorrow evening", "until tomorrow 9"]
)
def test_a_second_time_that_would_be_dropped_is_still_refused(text: str) -> None:
    with pytest.raises(TimeError):
        keep(text)
