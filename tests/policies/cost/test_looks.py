"""Looks lie evenly in the interval, and never further apart than its length."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cost.looks import LONGEST, next_look, wait
from policies.cost.spans import REMEMBERED

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@given(
    seconds=st.floats(-1e9, 1e9),
    minutes=st.integers(1, 30),
    places=st.tuples(st.integers(0, 600), st.integers(1, 600)).map(lambda p: (p[0] % p[1], p[1])),
)
def test_the_next_look_is_after_the_last_and_within_an_interval(
    seconds: float, minutes: int, places: tuple[int, int]
) -> None:
    last, interval = NOON + timedelta(seconds=seconds), timedelta(minutes=minutes)
    found = next_look(last, interval, place=places[0], of=places[1])
    assert last < found <= last + interval
    assert next_look(found, interval, place=places[0], of=places[1]) == found + interval


def test_five_hundred_places_are_spread_over_a_quarter_of_an_hour() -> None:
    looks = [next_look(NOON, QUARTER, place=place, of=500) for place in range(500)]
    each_minute = Counter((look - NOON) // timedelta(minutes=1) for look in looks if look < NOON + QUARTER)
    assert len(each_minute) == 15
    assert set(each_minute.values()) <= {33, 34}


def test_one_place_has_its_turn_at_the_interval_itself() -> None:
    assert next_look(NOON + timedelta(minutes=1), QUARTER, place=0, of=1) == NOON + QUARTER
    assert next_look(NOON, QUARTER, place=0, of=1) == NOON + QUARTER


@pytest.mark.parametrize(("failures", "minutes"), [(1, 1), (2, 2), (3, 5), (5, 20), (6, 30), (60, 30)])
def test_each_failure_waits_longer_up_to_the_longest(failures: int, minutes: int) -> None:
    assert wait(failures) == timedelta(minutes=minutes)


def test_a_look_that_fails_once_loses_no_task_that_stopped() -> None:
    assert LONGEST + wait(1) < REMEMBERED
    assert wait(99) <= LONGEST
