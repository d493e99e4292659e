"""World time goes on through jumps of the clock."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from playground.aws.moment import MOST_STEPS, STEP, Moment, strides

START = Moment(datetime(2026, 3, 2, 9, tzinfo=UTC), 100.0)


@pytest.mark.parametrize("gap", [0.2, 0.5, 1.3, 59.9, 100_000.0])
def test_strides_end_at_the_clock_and_elapsed_time_follows_it(gap: float) -> None:
    moments = list(strides(START, START.at + timedelta(seconds=gap)))
    assert moments[-1].at == START.at + timedelta(seconds=gap)
    assert moments[-1].t == pytest.approx(START.t + gap)
    assert len(moments) <= MOST_STEPS + 1


def test_strides_are_short_over_a_short_gap() -> None:
    moments = [START, *strides(START, START.at + timedelta(seconds=10))]
    gaps = [b.t - a.t for a, b in itertools.pairwise(moments)]
    assert max(gaps) <= STEP


def test_a_clock_set_back_moves_the_date_and_not_the_elapsed_time() -> None:
    back = START.at - timedelta(hours=1)
    assert list(strides(START, back)) == [Moment(back, START.t)]
