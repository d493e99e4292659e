"""Seconds that are billed: rounded up once, with a minimum, and cut at any instant without loss."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cost.seconds import billed, midnights, together
from tests.policies.cost.ledger import task, utc

NOW = utc("2026-11-30 12:00")
BEGIN = datetime(2026, 11, 10, 23, 59, 30, tzinfo=UTC)
offsets = st.integers(-5_000_000, 400_000_000_000).map(lambda n: BEGIN + timedelta(microseconds=n))


@pytest.mark.parametrize(
    ("until", "minimum", "seconds"),
    [
        ("2026-11-03 10:01:01", 60, 61),
        ("2026-11-03 10:00:59", 60, 60),
        ("2026-11-03 10:01:00", 60, 60),
        ("2026-11-03 10:01:00.000001", 60, 61),
        ("2026-11-03 10:00:00", 60, 60),
        ("2026-11-03 10:00:59", 300, 300),
        ("2026-11-03 10:05:00.2", 300, 301),
        ("2026-11-03 10:00:59", 0, 59),
    ],
)
def test_an_ended_task_is_billed_in_whole_seconds_and_for_its_minimum(
    until: str, minimum: int, seconds: int
) -> None:
    span = task("2026-11-03 10:00", until, minimum=minimum)
    assert billed(span, by=NOW, now=NOW) == seconds


def test_a_running_task_is_billed_as_far_as_it_was_seen_and_never_beyond_now() -> None:
    span = replace(task("2026-11-03 10:00", "2026-11-03 10:00:20"), ended=False)
    assert billed(span, by=NOW, now=NOW) == 20
    assert billed(span, by=NOW, now=utc("2026-11-03 10:00:07")) == 7
    assert billed(span, by=NOW, now=utc("2026-11-03 09:00")) == 0


def test_a_task_whose_end_is_yet_to_come_has_no_minimum() -> None:
    """Another holder's clock may be ahead."""
    span = task("2026-11-03 10:00", "2026-11-03 10:00:20")
    assert billed(span, by=NOW, now=utc("2026-11-03 10:00:10")) == 10


def test_the_rest_of_the_minimum_falls_on_the_day_the_task_ended() -> None:
    span = task("2026-11-03 23:59:30", "2026-11-03 23:59:40")
    assert billed(span, by=utc("2026-11-04 00:00"), now=NOW) == 60
    over = task("2026-11-03 23:59:50", "2026-11-04 00:00:05")
    assert billed(over, by=utc("2026-11-04 00:00"), now=NOW) == 10
    assert billed(over, by=NOW, now=NOW) == 60


@given(
    until=offsets,
    cuts=st.lists(offsets),
    ended=st.booleans(),
    now=offsets,
    minimum=st.sampled_from([0, 60, 300]),
)
def test_the_pieces_of_a_span_add_up_to_it_however_it_is_cut(
    until: datetime, cuts: list[datetime], ended: bool, now: datetime, minimum: int
) -> None:
    span = replace(
        task("2026-11-10 23:59:30", "2026-11-10 23:59:30"), until=until, ended=ended, minimum=minimum
    )
    ends = [BEGIN - timedelta(days=9), *sorted(cuts), BEGIN + timedelta(days=9)]
    pieces = [billed(span, by=b, now=now) - billed(span, by=a, now=now) for a, b in pairwise(ends)]
    assert all(piece >= 0 for piece in pieces)
    assert sum(pieces) == billed(span, by=ends[-1], now=now)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("UTC", date(2026, 11, 3), 24),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Africa/Cairo", date(2026, 4, 24), 23),
        ("Africa/Cairo", date(2026, 10, 29), 25),
        ("America/Havana", date(2026, 11, 1), 25),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
    ids=str,
)
def test_a_local_day_has_as_many_hours_as_its_clocks_give_it(zone: str, day: date, hours: float) -> None:
    """In Cairo midnight is skipped on one day and comes twice on another; Apia once left out a Friday."""
    start, end = midnights(day, ZoneInfo(zone))
    assert end - start == timedelta(hours=hours)
    assert midnights(day + timedelta(days=1), ZoneInfo(zone))[0] == end


def test_simultaneous_seconds_of_several_spans_are_counted_once() -> None:
    def at(second: float) -> datetime:
        return BEGIN + timedelta(seconds=second)

    assert together([]) == 0
    assert together([(at(0), at(10)), (at(5), at(12)), (at(6), at(7)), (at(20), at(21))]) == 13
    assert together([(at(0.2), at(0.4)), (at(0.6), at(0.8))]) == 1
