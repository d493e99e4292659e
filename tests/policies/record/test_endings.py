from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from policies.record.endings import Ended, unresolved
from policies.record.lifecycle import State

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def ended(name: str, state: State, minute: int, *, place: str = "staging", target: str = "*") -> Ended:
    return Ended(name, place, target, state, NOON + timedelta(minutes=minute))


FAILED = ended("stop", State.FAILED, 0)


@pytest.mark.parametrize(
    ("later", "left"),
    [
        ((), (FAILED,)),
        ((ended("stop", State.SUCCEEDED, 1),), ()),
        ((ended("stop", State.UNCHANGED, 1),), ()),
        ((ended("start", State.SUCCEEDED, 1),), ()),
        ((ended("stop", State.SUCCEEDED, -1),), (FAILED,)),
        ((ended("restart", State.SUCCEEDED, 1),), (FAILED,)),
        ((ended("stop", State.SUCCEEDED, 1, place="qa-eu"),), (FAILED,)),
        ((ended("stop", State.SUCCEEDED, 1, target="web"),), (FAILED,)),
    ],
)
def test_a_failure_is_open_until_the_same_operation_succeeds_at_the_same_place(
    later: tuple[Ended, ...], left: tuple[Ended, ...]
) -> None:
    assert unresolved([*later, FAILED]) == left


def test_only_the_last_failure_of_a_matter_is_open_and_the_newest_come_first() -> None:
    again = ended("stop", State.PARTIAL, 5)
    other = ended("restart", State.ROLLED_BACK, 9, target="web")
    assert unresolved([again, other, FAILED]) == (other, again)


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.UNCHANGED, State.CANCELLED, State.SUPERSEDED])
def test_an_operation_that_succeeded_or_was_called_off_leaves_nothing_open(state: State) -> None:
    assert unresolved([ended("stop", state, 0)]) == ()
