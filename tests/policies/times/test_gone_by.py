"""A moment gone by is the latest such that has passed, and never one to come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.times.gone_by import gone_by
from policies.times.reading import NotATime, TimeError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 4, 15, 30, tzinfo=BERLIN)
"""A Wednesday."""

READ = {
    "30m": "2026-03-04 15:00",
    "since 2 hours ago": "2026-03-04 13:30",
    "3pm": "2026-03-04 15:00",
    "since 3pm": "2026-03-04 15:00",
    "16:00": "2026-03-03 16:00",
    "today": "2026-03-04 00:00",
    "since today 08:00": "2026-03-04 08:00",
    "yesterday": "2026-03-03 00:00",
    "since yesterday 18:00": "2026-03-03 18:00",
    "yesterday at 6pm": "2026-03-03 18:00",
    "3pm yesterday": "2026-03-03 15:00",
    "since 18:00 yesterday": "2026-03-03 18:00",
    "last 2 hours": "2026-03-04 13:30",
    "since the last hour": "2026-03-04 14:30",
    "past 30 minutes": "2026-03-04 15:00",
    "last week": "2026-02-25 15:30",
    "Monday": "2026-03-02 00:00",
    "wed": "2026-03-04 00:00",
    "since Mon 08:00": "2026-03-02 08:00",
    "Wed 16:00": "2026-02-25 16:00",
    "2026-03-01": "2026-03-01 00:00",
    "from 2026-03-01 14:00": "2026-03-01 14:00",
    "2026-03-04T12:00Z": "2026-03-04 13:00",
    "14:00 UTC": "2026-03-04 15:00",
    "'3pm'": "2026-03-04 15:00",
}


@pytest.mark.parametrize(("text", "meant"), READ.items())
def test_a_time_gone_by_is_read_as_people_say_it(text: str, meant: str) -> None:
    assert gone_by(text).at(NOW, BERLIN) == datetime.fromisoformat(meant).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "since",
        "lunch",
        "until Friday",
        "in 2h",
        "yesterday 2h",
        "tomorrow-ish",
        "25:00",
        "eod",
        "last Monday",
        "last",
    ],
)
def test_what_is_no_time_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(NotATime, match="not a time"):
        gone_by(text)


@pytest.mark.parametrize("text", ["today 16:00", "2026-03-05", "2027-01-01 10:00"])
def test_a_time_to_come_is_refused_at_the_moment_of_asking(text: str) -> None:
    with pytest.raises(TimeError, match="still to come"):
        gone_by(text).at(NOW, BERLIN)


@pytest.mark.parametrize("text", ["tomorrow", "tomorrow 9am", "tonight"])
def test_words_of_the_future_are_refused_at_once(text: str) -> None:
    with pytest.raises(TimeError, match="still to come"):
        gone_by(text)


@pytest.mark.parametrize("text", ["since 2026-02-30", "2026-02-30 10:00", "0m"])
def test_what_is_nearly_a_time_is_answered_with_times_gone_by(text: str) -> None:
    with pytest.raises(TimeError, match="yesterday 18:00") as caught:
        gone_by(text)
    assert "tomorrow" not in str(caught.value)


@given(
    minute=st.integers(0, 1439),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001
)
def test_a_clock_time_is_never_after_now_and_at_most_a_day_and_an_hour_ago(minute: int, at: datetime) -> None:
    now = at.replace(tzinfo=UTC)
    found = gone_by(f"{minute // 60:02}:{minute % 60:02}").at(now, BERLIN)
    assert timedelta() <= now - found <= timedelta(hours=25)
