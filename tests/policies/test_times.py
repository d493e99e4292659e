"""Spans in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.times import words


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
def test_more_is_never_said_as_less(one: timedelta, other: timedelta) -> None:
    small, large = sorted((one, other))
    assert _seconds(words(small)) <= _seconds(words(large))


def _seconds(said: str) -> int:
    parts = said.split()
    sizes = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
    return sum(int(n) * sizes[unit] for n, unit in zip(parts[::2], parts[1::2], strict=True))
