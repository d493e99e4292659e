"""Spans of two times to come, as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from policies.times.between import between
from policies.times.instants import TimeError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Monday 10:00 in Berlin."""


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "begins", "ends", "rough"),
    [
        ("Tue 06:30-09:00", "2026-03-03T06:30", "2026-03-03T09:00", False),
        ("Tue 06:30 – 09:00", "2026-03-03T06:30", "2026-03-03T09:00", False),
        ("Tue 06:30 to 09:00", "2026-03-03T06:30", "2026-03-03T09:00", False),
        ("Tue from 06:30 until 09:00", "2026-03-03T06:30", "2026-03-03T09:00", False),
        ("from tuesday 6:30am till 9 am", "2026-03-03T06:30", "2026-03-03T09:00", False),
        ("06:30-09:00 Tue", "2026-03-03T06:30", "2026-03-03T09:00", False),
        ("tomorrow 9am-noon", "2026-03-03T09:00", "2026-03-03T12:00", False),
        ("tomorrow 6-9am", "2026-03-03T06:00", "2026-03-03T09:00", True),
        ("tomorrow 11-2pm", "2026-03-03T11:00", "2026-03-03T14:00", True),
        ("tomorrow 10pm-2", "2026-03-03T22:00", "2026-03-04T02:00", True),
        ("tomorrow 9am-5", "2026-03-03T09:00", "2026-03-03T17:00", True),
        ("tomorrow 6-9", "2026-03-03T06:00", "2026-03-03T09:00", True),
        ("2026-12-01 06:30-09:00", "2026-12-01T06:30", "2026-12-01T09:00", False),
        ("sat 22:00-02:00", "2026-03-07T22:00", "2026-03-08T02:00", False),
        ("Tue 06:30-09:00 Wed", "2026-03-03T06:30", "2026-03-04T09:00", True),
        ("sat 22:00 - sun 02:00", "2026-03-07T22:00", "2026-03-08T02:00", False),
        ("Fri 22:00 until Mon 06:00", "2026-03-06T22:00", "2026-03-09T06:00", False),
        ("from Fri to Mon", "2026-03-06T08:00", "2026-03-09T08:00", True),
        ("23:00-05:00", "2026-03-02T23:00", "2026-03-03T05:00", True),
        ("09:30-11:00", "2026-03-03T09:30", "2026-03-03T11:00", True),
        ("Mon 09:30-11:00", "2026-03-09T09:30", "2026-03-09T11:00", False),
        ("Tue 06:30 for 2h30m", "2026-03-03T06:30", "2026-03-03T09:00", False),
        ("from sat 22:00 for half an hour", "2026-03-07T22:00", "2026-03-07T22:30", False),
        ("23:00 for 2 hours", "2026-03-02T23:00", "2026-03-03T01:00", True),
        ("tomorrow 6 for 2h", "2026-03-03T06:00", "2026-03-03T08:00", True),
        (
            "from 2026-03-03T06:30+0100 until 2026-03-03T09:00+0100",
            "2026-03-03T06:30",
            "2026-03-03T09:00",
            False,
        ),
    ],
)
def test_a_span_is_read_as_people_say_it(text: str, begins: str, ends: str, rough: bool) -> None:
    found = between(text)
    assert found is not None
    assert found.at(NOW, BERLIN) == (local(begins), local(ends))
    assert found.rough is rough


@pytest.mark.parametrize("text", ["Tue 06:30-09:00 Asia/Kolkata", "Tue 06:30 Asia/Kolkata - 09:00"])
def test_a_zone_is_that_of_both_times(text: str) -> None:
    found = between(text)
    assert found is not None and found.zone == "Asia/Kolkata"
    there = ZoneInfo("Asia/Kolkata")
    ends = datetime(2026, 3, 3, 9, 0, tzinfo=there)
    assert found.at(NOW, BERLIN) == (datetime(2026, 3, 3, 6, 30, tzinfo=there), ends)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "until 23:00",
        "until 2026-12-24 18:00-05:00",
        "2026-12-24T18:00-05:00",
        "4h",
        "4h to finish the demo",
        "for 2-3 hours",
        "Mon-Fri 08:00-20:00",
        "Tue 06:30-25:00",
        "23:00 for the noon-2 test",
        "06:30-07:00-08:00",
        "4h for 2h",
        "until Tue 06:30 for 2h",
        "Tue 06:30 for 09:00",
        "Tue 06:30 for tonight",
        "Tue 06:30 for 2h UTC",
    ],
)
def test_a_text_that_is_no_span_of_two_times_is_left_to_others(text: str) -> None:
    assert between(text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("today 06:30-12:00", "has begun"),
        ("2026-03-01 06:30-09:00", "has begun"),
        ("2026-03-04 06:30 to 2026-03-03 09:00", "ends before it begins"),
        ("2027-12-01 06:30-09:00", "more than 366 days away"),
        ("2027-03-02 06:30 for 2 days", "more than 366 days away"),
    ],
)
def test_a_span_that_cannot_be_planned_says_why(text: str, told: str) -> None:
    found = between(text)
    assert found is not None
    with pytest.raises(TimeError, match=told):
        found.at(NOW, BERLIN)


def test_a_weekday_whose_span_runs_now_may_mean_today() -> None:
    found = between("Mon 09:30-11:00")
    assert found is not None and found.runs(NOW, BERLIN)
    later = between("Mon 11:00-12:00")
    assert later is not None and not later.runs(NOW, BERLIN)


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        # Clocks go from 02:00 to 03:00 on 29 March, and from 03:00 to 02:00 on 25 October.
        ("2026-03-29 02:30-09:00", "2026-03-29T01:00+00:00", "2026-03-29T07:00+00:00"),
        ("2026-03-28 22:00-02:30", "2026-03-28T21:00+00:00", "2026-03-29T01:00+00:00"),
        ("2026-03-29 06:30-09:00", "2026-03-29T04:30+00:00", "2026-03-29T07:00+00:00"),
        ("2026-10-25 02:30-09:00", "2026-10-25T00:30+00:00", "2026-10-25T08:00+00:00"),
        ("2026-10-24 22:00-02:30", "2026-10-24T20:00+00:00", "2026-10-25T01:30+00:00"),
        ("2026-10-25 06:30-09:00", "2026-10-25T05:30+00:00", "2026-10-25T08:00+00:00"),
        ("2026-03-28 22:00 for 8h", "2026-03-28T21:00+00:00", "2026-03-29T05:00+00:00"),
        ("2026-10-25 02:30 for 2h", "2026-10-25T00:30+00:00", "2026-10-25T02:30+00:00"),
    ],
)
def test_nothing_is_cut_short_where_clocks_change(text: str, begins: str, ends: str) -> None:
    found = between(text)
    assert found is not None
    wanted = (datetime.fromisoformat(begins), datetime.fromisoformat(ends))
    assert found.at(NOW, BERLIN) == wanted


@pytest.mark.parametrize(
    "text",
    ["2026-03-29 02:15-02:45", "2026-03-29 02:30-03:00", "2026-03-29 02:10-03:00", "Sun 02:15 to 02:45"],
)
def test_a_span_within_the_hour_that_clocks_skip_is_refused_and_not_a_day_long(text: str) -> None:
    span = between(text)
    assert span is not None
    with pytest.raises(TimeError, match="skip"):
        span.at(datetime(2026, 3, 28, 9, 0, tzinfo=UTC), BERLIN)


def test_a_span_of_a_whole_day_stays_one_where_clocks_change() -> None:
    span = between("2026-03-28 12:00-12:00")
    assert span is not None
    begins, ends = span.at(NOW, BERLIN)
    assert ends - begins == timedelta(hours=23)
