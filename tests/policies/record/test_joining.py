from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.record.joining import MOST, WITHIN, Asked, Told, joins, worst
from policies.record.lifecycle import FOLLOWS, State

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
ASKED = Asked("restart", "staging", 3, "slack:T0HOME:U0DEV", "C0STAGING", NOON)
TOLD = Told("first", ASKED, 1)


def test_the_first_of_its_kind_has_a_message_of_its_own() -> None:
    assert joins(ASKED, ()) == ""


@pytest.mark.parametrize("seconds", [0, 1, 59.9])
def test_the_same_kind_within_a_minute_of_the_first_joins_its_message(seconds: float) -> None:
    assert joins(replace(ASKED, at=NOON + timedelta(seconds=seconds)), [TOLD]) == "first"


@pytest.mark.parametrize("seconds", [60, 3_600, -1])
def test_a_minute_after_the_first_or_before_it_nothing_joins(seconds: float) -> None:
    assert joins(replace(ASKED, at=NOON + timedelta(seconds=seconds)), [TOLD]) == ""


@pytest.mark.parametrize(
    "other",
    [
        {"operation": "redeploy"},
        {"environment": "qa-eu"},
        {"generation": 4},
        {"actor": "slack:T0HOME:U0OLU"},
        {"channel": "C0OPS"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_kind_place_person_or_channel_does_not_join(other: dict[str, Any]) -> None:
    assert joins(replace(ASKED, **other), [TOLD]) == ""


def test_a_message_that_is_full_is_joined_by_nobody() -> None:
    assert joins(ASKED, [replace(TOLD, count=MOST - 1)]) == "first"
    assert joins(ASKED, [replace(TOLD, count=MOST)]) == ""


def test_after_a_full_message_the_next_one_is_joined() -> None:
    later = replace(ASKED, at=NOON + timedelta(seconds=20))
    told = [replace(TOLD, count=MOST), Told("sixth", later, 1)]
    assert joins(replace(ASKED, at=NOON + timedelta(seconds=30)), told) == "sixth"


@given(st.lists(st.integers(0, 240), min_size=1, max_size=30))
def test_no_message_tells_of_too_many_or_of_more_than_a_minute(seconds: list[int]) -> None:
    groups: dict[str, list[Asked]] = {}
    for number, passed in enumerate(sorted(seconds)):
        asked = replace(ASKED, at=NOON + timedelta(seconds=passed))
        told = [Told(name, group[0], len(group)) for name, group in groups.items()]
        groups.setdefault(joins(asked, told) or f"{number:02}", []).append(asked)
    assert sum(map(len, groups.values())) == len(seconds)
    assert all(len(group) <= MOST for group in groups.values())
    assert all(group[-1].at - group[0].at < WITHIN for group in groups.values())


def test_what_runs_comes_before_every_end_and_a_failure_before_every_other_end() -> None:
    ends = FOLLOWS[State.RUNNING] - {State.FAILED}
    assert worst([*ends, State.FAILED, State.RUNNING]) is State.RUNNING
    assert worst([*ends, State.FAILED]) is State.FAILED
    assert worst([State.SUCCEEDED, State.FAILED, State.PARTIAL, State.UNCHANGED]) is State.FAILED
    assert worst([State.UNCHANGED, State.SUCCEEDED]) is State.UNCHANGED
    assert worst([State.SUCCEEDED, State.SUCCEEDED]) is State.SUCCEEDED
