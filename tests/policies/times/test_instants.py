"""Times in words: spans that are written, and instants that are read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.times.instants import LONGEST, TimeError, instant, when, words
from tests.policies.schedules import CHANGES, ZONES, instants

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
"""A Saturday, at 11:00 in Berlin."""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (-5, "0 s"),
        (0.01, "1 s"),
        (38, "38 s"),
        (38.6, "39 s"),
        (59.6, "1 m"),
        (60, "1 m"),
        (340, "5 m 40 s"),
        (900, "15 m"),
        (3599.7, "1 h"),
        (3725, "1 h 2 m"),
        (86_400, "1 d"),
        (97_200, "1 d 3 h"),
    ],
)
def test_a_span_has_at_most_two_units(seconds: float, said: str) -> None:
    assert words(timedelta(seconds=seconds)) == said


@given(st.timedeltas(timedelta(0), timedelta(days=400)), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_longer_span_is_never_written_as_a_shorter_one(one: timedelta, other: timedelta) -> None:
    small, large = sorted((one, other))
    assert _seconds(words(small)) <= _seconds(words(large))


def _seconds(said: str) -> int:
    parts = said.split()
    sizes = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
    return sum(int(n) * sizes[unit] for n, unit in zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("4h", "2026-11-21T14:00"),
        ("90m", "2026-11-21T11:30"),
        ("1h30m", "2026-11-21T11:30"),
        ("1 h 30 m", "2026-11-21T11:30"),
        ("23:00", "2026-11-21T22:00"),
        ("until 23:00", "2026-11-21T22:00"),
        ("  Until   23:00 ", "2026-11-21T22:00"),
        ("9:30 PM", "2026-11-21T20:30"),
        ("11:01", "2026-11-21T10:01"),
        ("11:00", "2026-11-22T10:00"),
        ("9am", "2026-11-22T08:00"),
        ("12pm", "2026-11-21T11:00"),
        ("12am", "2026-11-21T23:00"),
        ("24:00", "2026-11-21T23:00"),
        ("00:00", "2026-11-21T23:00"),
        ("Sat 11:01", "2026-11-21T10:01"),
        ("Sat 11:00", "2026-11-28T10:00"),
        ("Mon 08:00", "2026-11-23T07:00"),
        ("friday 8am", "2026-11-27T07:00"),
        ("today 18:00", "2026-11-21T17:00"),
        ("today 24:00", "2026-11-21T23:00"),
        ("tomorrow 9am", "2026-11-22T08:00"),
        ("tomorrow 09:00", "2026-11-22T08:00"),
        ("2026-12-24T18:00", "2026-12-24T17:00"),
        ("2026-12-24 18:00:00", "2026-12-24T17:00"),
        ("2026-12-24T18:00Z", "2026-12-24T18:00"),
        ("until 2026-12-24T18:00+05:30", "2026-12-24T12:30"),
        ("2026-12-31T24:00", "2026-12-31T23:00"),
        # A zone after the time is the zone in which the time is read.
        ("23:00 UTC", "2026-11-21T23:00"),
        ("until 22:00 asia/kolkata", "2026-11-21T16:30"),
        ("10:30 UTC", "2026-11-21T10:30"),
        ("10:00 UTC", "2026-11-22T10:00"),
        ("9 pm Asia/Tokyo", "2026-11-21T12:00"),
        ("11:00 p.m. UTC", "2026-11-21T23:00"),
        ("tomorrow 23:00 UTC", "2026-11-22T23:00"),
        ("Mon 08:00 America/New_York", "2026-11-23T13:00"),
        ("23:00 Z", "2026-11-21T23:00"),
        ("23:00Z", "2026-11-21T23:00"),
        ("23:00 +05:30", "2026-11-21T17:30"),
        ("23:00+0530", "2026-11-21T17:30"),
        ("2026-12-24T18:00 Asia/Kolkata", "2026-12-24T12:30"),
        ("2026-12-24 18:00:00 -05:00", "2026-12-24T23:00"),
        # A day after the time is the day of the time.
        ("23:00 tomorrow", "2026-11-22T22:00"),
        ("9am Mon", "2026-11-23T08:00"),
        ("23:00 Friday", "2026-11-27T22:00"),
        ("18:00 2026-12-24", "2026-12-24T17:00"),
        ("23:00 UTC tomorrow", "2026-11-22T23:00"),
        ("23:00 tomorrow UTC", "2026-11-22T23:00"),
        ("for 4h", "2026-11-21T14:00"),
        ("till 23:00", "2026-11-21T22:00"),
    ],
)
def test_a_time_is_read_as_the_instant_a_person_means(text: str, meant: str) -> None:
    assert instant(text, now=SATURDAY, zone=BERLIN) == utc(meant)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is not a time"),
        ("until", "is not a time"),
        ("until until 23:00", "is not a time"),
        ("9", "is not a time"),
        ("tomorrow 9", "is not a time"),
        ("yesterday 9am", "is not a time"),
        ("Mo 08:00", "is not a time"),
        ("25:00", "is not a time"),
        ("13pm", "is not a time"),
        ("0am", "is not a time"),
        ("-4h", "is not a time"),
        ("4.5", "is not a time"),
        ("h", "is not a time"),
        ("99999h", "is not a time"),
        ("\u0662h", "is not a time"),
        ("4h <!channel>", "is not a time"),
        ("x" * 3000, "is not a time"),
        ("\x00\x1b[31m", "is not a time"),
        ("0m", "no time at all"),
        ("1h90m", 'write "2h30m"'),
        ("9999h", "more than 366 days away"),
        ("2030-01-01T00:00", "more than 366 days away"),
        ("today 09:00", "has passed"),
        ("2026-11-21T10:00Z", "has passed"),
        ("2020-01-01T10:00", "has passed"),
        ("2026-02-30T10:00", "not in the calendar"),
        ("2026-12-24T18:00+25:00", "is not an offset that any clock has"),
        ("9999-12-31T24:00", "not in the calendar"),
        ("0001-01-01T00:00", "not in the calendar"),
        ("22:00 IST", "did you mean Asia/Kolkata, Europe/Dublin or Asia/Jerusalem?"),
        ("22:00 ist tomorrow", "did you mean Asia/Kolkata"),
        ("23:00 CET", "did you mean Europe/Berlin"),
        ("23:00 EST", "did you mean America/New_York"),
        ("23:00 PST", "did you mean America/Los_Angeles"),
        ("23:00 BST", "did you mean Europe/London"),
        ("23:00 GMT", "did you mean UTC or Europe/London?"),
        ("23:00 Berlin", "did you mean Europe/Berlin?"),
        ("23:00 New York", "did you mean America/New_York?"),
        ("23:00 Europe/Berln", "did you mean Europe/Berlin"),
        ("23:00 Etc/GMT+5", "the reverse of its sign"),
        ("23:00 UTC+2", "is an offset"),
        ("23:00 +2", "is an offset"),
        ("23:00 +15:00", "is not an offset that any clock has"),
        ("23:00-05:00", "may be an offset or a second time"),
        ("23:00-23:30", "may be an offset or a second time"),
        ("23:00 -05:00", "may be an offset or a second time"),
        ("23:00 Z UTC", '"UTC" is one zone too many'),
        ("Mon 23:00 tomorrow", '"tomorrow" is one day too many'),
        ("until 23h", "is a span from now"),
        ("for 23:00", "is not a time"),
        ("23:00 h", "is not a time"),
        ("23:00 Uhr", "is not a time"),
        ("23:00 pm", "is not a time"),
        ("23.00", "is not a time"),
        ("23:00:00", "is not a time"),
        ("UTC 23:00", "is not a time"),
        ("4h UTC", "is not a time"),
    ],
)
def test_anything_else_is_refused_with_one_sentence(text: str, told: str) -> None:
    with pytest.raises(TimeError) as refused:
        instant(text, now=SATURDAY, zone=BERLIN)
    said = str(refused.value)
    assert told in said
    assert said.isprintable()
    assert said[-1] in ".?"
    assert len(said) < 180


@pytest.mark.parametrize("text", ["tomorrow 23:00 Asia/Tokyo", "08:00 today Asia/Tokyo"])
def test_a_tomorrow_that_may_be_two_days_is_refused(text: str) -> None:
    """At 23:30 in Berlin the next day has begun in Tokyo."""
    late = SATURDAY + timedelta(hours=12, minutes=30)
    with pytest.raises(TimeError, match="may be two days: it is Sun in Asia/Tokyo and Sat here"):
        instant(text, now=late, zone=BERLIN)


@pytest.mark.parametrize(
    ("text", "zone"),
    [("23:00", ""), ("4h", ""), ("23:00 utc", "UTC"), ("Fri 9am asia/kolkata", "Asia/Kolkata")],
)
def test_a_typed_zone_is_kept(text: str, zone: str) -> None:
    assert when(text).zone == zone


def test_now_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        instant("4h", now=SATURDAY.replace(tzinfo=None), zone=BERLIN)


@pytest.mark.parametrize(
    ("text", "now", "meant"),
    [
        # Berlin has no 02:30 on 2026-03-29 and two on 2026-10-25; an end is the second.
        ("02:30", "2026-03-28T22:00", "2026-03-29T01:00"),
        ("Sun 02:30", "2026-03-29T01:00", "2026-04-05T00:30"),
        ("02:30", "2026-10-24T22:00", "2026-10-25T01:30"),
        ("02:30", "2026-10-25T00:45", "2026-10-25T01:30"),
        ("02:30", "2026-10-25T01:30", "2026-10-26T01:30"),
        ("2026-10-25T02:30+02:00", "2026-10-24T22:00", "2026-10-25T00:30"),
        # Elapsed hours are not wall hours, and tomorrow is not 24 hours away.
        ("24h", "2026-10-24T10:00", "2026-10-25T10:00"),
        ("tomorrow 12:00", "2026-10-24T10:00", "2026-10-25T11:00"),
    ],
)
def test_a_time_on_a_day_of_clock_change_is_read_as_an_end(text: str, now: str, meant: str) -> None:
    assert instant(text, now=utc(now), zone=BERLIN) == utc(meant)


def test_the_zone_of_now_does_not_matter() -> None:
    tokyo = SATURDAY.astimezone(timezone(timedelta(hours=9)))
    for text in ("23:00", "Sat 11:01", "today 18:00", "tomorrow 9am", "4h"):
        assert instant(text, now=tokyo, zone=BERLIN) == instant(text, now=SATURDAY, zone=BERLIN)


@given(instants, st.sampled_from(ZONES), st.integers(0, 1439))
@settings(max_examples=100, deadline=None)
def test_a_clock_time_is_the_next_instant_that_shows_it_on_the_wall(
    now: datetime, zone: str, minute: int
) -> None:
    here = ZoneInfo(zone)
    found = instant(f"{minute // 60}:{minute % 60:02}", now=now, zone=here)
    assert now < found <= now + timedelta(hours=49)
    shown = found.astimezone(here)
    skipped = (found - timedelta(seconds=1)).astimezone(here).utcoffset() != shown.utcoffset()
    assert skipped or 60 * shown.hour + shown.minute == minute


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=lambda each: str(each))
def test_every_clock_time_lies_ahead_even_on_days_of_clock_change(zone: str, change: date) -> None:
    here, start = ZoneInfo(zone), datetime(change.year, change.month, change.day, tzinfo=UTC)
    for hours in range(-30, 30):
        now = start + timedelta(hours=hours, minutes=7)
        for text in ("00:00", "00:30", "02:30", "24:00", "tomorrow 00:00", f"{change:%a} 02:15"):
            assert now < instant(text, now=now, zone=here) <= now + timedelta(days=8)


@given(st.text(max_size=30), st.sampled_from(ZONES))
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_time_ahead_or_refused(text: str, zone: str) -> None:
    try:
        found = instant(text, now=SATURDAY, zone=ZoneInfo(zone))
    except TimeError:
        return
    assert SATURDAY < found <= SATURDAY + LONGEST
