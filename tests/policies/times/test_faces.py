"""Times as a clock's face says them: one meaning is read, several are refused, and nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from policies.schedule.overrides import keep
from policies.times.gone_by import gone_by
from policies.times.instants import TimeError, instant, when
from tests.golden import Golden

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
"""A Saturday, at 11:00 in Berlin."""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("half past ten pm", "2026-11-21T22:30"),
        ("until half past 10 p.m.", "2026-11-21T22:30"),
        ("half past 22", "2026-11-21T22:30"),
        ("quarter to six in the evening", "2026-11-21T17:45"),
        ("a quarter to six pm", "2026-11-21T17:45"),
        ("quarter past 10pm", "2026-11-21T22:15"),
        ("until ten past nine in the morning", "2026-11-22T09:10"),
        ("20 minutes to 18", "2026-11-21T17:40"),
        ("ten o'clock at night", "2026-11-21T22:00"),
        ("22 o'clock", "2026-11-21T22:00"),
        ("twelve o'clock at night", "2026-11-22T00:00"),
        ("half past 12 at night", "2026-11-22T00:30"),
        ("two o'clock at night", "2026-11-22T02:00"),
        ("quarter to 12 at night", "2026-11-21T23:45"),
        ("half past twelve in the afternoon", "2026-11-21T12:30"),
        ("one o'clock in the afternoon", "2026-11-21T13:00"),
        ("quarter to noon", "2026-11-21T11:45"),
        ("ten past noon", "2026-11-21T12:10"),
        ("quarter to midnight", "2026-11-21T23:45"),
        ("quarter to 12am", "2026-11-21T23:45"),
        ("half past 12 am", "2026-11-22T00:30"),
        ("Friday half past ten pm", "2026-11-27T22:30"),
        ("half past ten pm on Friday", "2026-11-27T22:30"),
        ("tomorrow at quarter to six pm", "2026-11-22T17:45"),
        ("half past ten pm UTC", "2026-11-21T23:30"),
        ("22:30 on Friday", "2026-11-27T22:30"),
    ],
)
def test_a_face_that_can_only_be_one_time_is_that_time(text: str, meant: str) -> None:
    found = instant(text, now=SATURDAY, zone=BERLIN)
    assert f"{found.astimezone(BERLIN):%Y-%m-%dT%H:%M}" == meant
    assert not when(text).rough


@pytest.mark.parametrize(
    "text",
    [
        "half past ten",
        "until quarter to six",
        "10 o'clock",
        "Friday half past ten",
        "half past 12",
        "2h longer",
        "another 2 hours",
        "for 2 more hours",
        "another hour",
        "an extra hour",
        "two hours more",
        "1h30m longer",
        "until lunch",
        "after lunch",
        "office hours",
        "during working hours",
        "forever",
        "until further notice",
        "for good",
        "later",
    ],
)
def test_what_may_be_several_times_is_refused_with_what_to_write(text: str, golden: Golden) -> None:
    for read in (when, keep):
        with pytest.raises(TimeError) as refused:
            read(text)
        assert str(refused.value) == golden(name=text)


@pytest.mark.parametrize(
    "text",
    [
        "half ten",
        "ten to six pm",
        "half to ten",
        "70 minutes past nine",
        "half past 25",
        "half past 13 pm",
        "eleven o'clock in the afternoon",
        "two o'clock in the evening",
        "twelve o'clock in the morning",
        "quarter past midnight",
        "quarter past",
        "quarter to",
        "past six",
        "o'clock",
    ],
)
def test_what_is_no_face_is_no_time(text: str) -> None:
    with pytest.raises(TimeError):
        when(text)


def test_every_reader_of_times_reads_faces() -> None:
    assert keep("off until half past ten pm maintenance").reason == "maintenance"
    assert gone_by("since quarter past 9 in the morning").text
    with pytest.raises(TimeError, match='write "09:30" or "21:30"'):
        gone_by("since half past nine")


@pytest.mark.parametrize("text", ["end of the business day", "first thing tomorrow", "close of business"])
def test_a_part_of_a_day_is_shown_before_it_counts(text: str) -> None:
    assert when(text).rough
