"""Overrides: which one is in force, and what somebody who wants one has typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.schedule.overrides import LONGEST_REASON, Override, in_force, keep
from policies.times.instants import TimeError

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
FIRST = Override("a", "staging", "up", NOW, NOW + timedelta(hours=4), actor_name="Dev")


def test_an_override_holds_from_its_beginning_to_its_end() -> None:
    assert FIRST.holds(NOW)
    assert not FIRST.holds(NOW - timedelta(microseconds=1))
    assert not FIRST.holds(FIRST.until)


def test_one_given_back_early_ends_then_and_never_later_than_it_would_have() -> None:
    early = replace(FIRST, ended_at=NOW + timedelta(hours=1))
    assert early.end == NOW + timedelta(hours=1)
    assert replace(FIRST, ended_at=NOW + timedelta(hours=9)).end == FIRST.until


def test_the_one_set_last_is_in_force_and_only_in_its_environment() -> None:
    later = replace(FIRST, id="b", since=NOW + timedelta(minutes=1), state="down")
    other = replace(later, id="c", environment="qa-eu")
    assert in_force([later, FIRST, other], "staging", NOW + timedelta(minutes=2)) == later
    assert in_force([later, FIRST, other], "staging", NOW) == FIRST
    assert in_force([FIRST], "qa-eu", NOW) is None


@pytest.mark.parametrize(
    ("text", "state", "until", "reason"),
    [
        ('until 23:00 "smoke test"', "up", "2026-03-02T22:00", "smoke test"),
        ("4h", "up", "2026-03-02T13:00", ""),
        ("for 1h 30m smoke test", "up", "2026-03-02T10:30", "smoke test"),
        ("off until Mon 08:00", "down", "2026-03-09T07:00", ""),
        ("on until tomorrow 9 pm 'load test'", "up", "2026-03-03T20:00", "load test"),
        ("until 2026-03-06T21:00 demo", "up", "2026-03-06T20:00", "demo"),
        ("4h it's needed", "up", "2026-03-02T13:00", "it's needed"),
        ('OFF 2h "she said "wait""', "down", "2026-03-02T11:00", 'she said "wait"'),
        ('23:00 "never closed', "up", "2026-03-02T22:00", "never closed"),
    ],
)
def test_what_is_typed_is_a_state_an_end_and_a_reason(text: str, state: str, until: str, reason: str) -> None:
    found = keep(text).at(NOW, BERLIN)
    assert (found.state, found.reason) == (state, reason)
    assert found.until == datetime.fromisoformat(until).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "How long?"),
        ("off", "How long?"),
        ('"smoke test"', "How long?"),
        ("tomorow", '"tomorow" is not a time;'),
        ("today 08:00 smoke test", '"today 08:00" has passed;'),
        ("2026-03-01T08:00", "has passed;"),
        ("0h", "is no time at all;"),
        ("2028-03-01T08:00", "is more than 366 days away."),
    ],
)
def test_what_is_no_time_or_has_passed_is_one_sentence(text: str, told: str) -> None:
    with pytest.raises(TimeError) as wrong:
        keep(text).at(NOW, BERLIN)
    assert told in str(wrong.value)


@given(st.text(max_size=300))
def test_any_text_is_an_end_to_come_or_a_sentence(text: str) -> None:
    try:
        found = keep(text).at(NOW, BERLIN)
    except TimeError as wrong:
        assert len(str(wrong)) < 300
        return
    assert found.until > NOW
    assert len(found.reason) <= LONGEST_REASON
