"""The beginning and the end of a keep, written apart in two fields of a form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from policies.schedule.apart import NoBeginning, joined
from policies.schedule.overrides import keep
from policies.times.between import Between, between
from policies.times.instants import TimeError
from policies.times.reading import NotATime


@pytest.mark.parametrize(
    ("begins", "ends", "typed"),
    [
        ("Tue 06:30", "09:00", "from Tue 06:30 until 09:00"),
        ("from Tue 06:30", "until 09:00", "from Tue 06:30 until 09:00"),
        ("Fri  18:00", "Mon 06:00", "from Fri 18:00 until Mon 06:00"),
        ("tomorrow 6", "9am", "from tomorrow 6 until 9am"),
        ("sat", "sun 12:00", "from sat until sun 12:00"),
        ("22:00", "02:00 UTC", "from 22:00 until 02:00 UTC"),
        (
            "2026-12-24T18:00+0100",
            "2026-12-25T18:00+0100",
            "from 2026-12-24T18:00+0100 until 2026-12-25T18:00+0100",
        ),
        ("Tue 12:00", "off until 14:00", "off from Tue 12:00 until 14:00"),
        ("Tue 12:00", "on 14:00", "on from Tue 12:00 until 14:00"),
        ("Tue 06:30", "2h", "from Tue 06:30 for 2h"),
        ("Tue 06:30", "until 2h", "from Tue 06:30 for 2h"),
        ("Tue 12:00", "off for 90 min", "off from Tue 12:00 for 90 min"),
    ],
)
def test_two_times_are_joined_as_they_would_be_typed(begins: str, ends: str, typed: str) -> None:
    assert joined(begins, ends) == typed
    assert isinstance(keep(typed).when, Between)
    assert keep(typed).state == ("down" if "off" in ends else "up")


@pytest.mark.parametrize(
    "begins",
    [
        "whenever", "2h", "in 2h", "tonight", "off Tue 06:30", "Tue 06:30-08:00", "Tue 06:30 until 08:00",
        'Tue 06:30 "demo"', "'", "Tue 06:30 Mars/Base", "until", "from", "x" * 500,
    ],
)  # fmt: skip
def test_what_is_no_beginning_is_reported_as_that(begins: str) -> None:
    with pytest.raises(NoBeginning, match=r"^\".*\" does not say when it begins; write "):
        joined(begins, "09:00")


@pytest.mark.parametrize(
    "ends",
    [
        "whenever",
        "in 2h",
        "tonight",
        "off",
        "0h",
        '09:00 "demo"',
        "09:00 demo",
        "for 09:00",
        "x" * 500,
    ],
)
def test_what_is_no_end_is_reported_as_that(ends: str) -> None:
    with pytest.raises(TimeError, match=r"^\".*\" does not say when it ends; ") as wrong:
        joined("Tue 06:30", ends)
    assert not isinstance(wrong.value, NoBeginning | NotATime)


def test_two_beginnings_are_one_too_many() -> None:
    with pytest.raises(NoBeginning, match="already says when it begins"):
        joined("Tue 06:30", "Wed 06:30-09:00")


TIMES = some.sampled_from(
    ["Tue 06:30", "6", "9am", "09:00", "tomorrow", "Fri", "until Mon", "off 22", "2h", "from"]
)
WORDS = some.lists(
    TIMES | some.text(max_size=12) | some.sampled_from(['"', "'", "-", "until", "to"]), max_size=4
)


@given(WORDS.map(" ".join), WORDS.map(" ".join))
def test_whatever_is_written_is_refused_or_is_one_span_and_nothing_else(begins: str, ends: str) -> None:
    try:
        said = joined(begins, ends)
    except TimeError:
        return
    read = keep(said)
    assert isinstance(read.when, Between) and read.reason == ""
    assert read.when == between(said[said.index("from ") :])
