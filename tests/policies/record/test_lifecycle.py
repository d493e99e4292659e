"""Every pair of states, and what the ends of steps add up to."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.record.lifecycle import FOLLOWS, State, end_state, may_follow

WAITING = {State.AWAITING_CONFIRMATION, State.AWAITING_APPROVAL}
ENDS_OF_WAITING = {State.REFUSED, State.REJECTED, State.EXPIRED, State.CANCELLED}
ENDS_OF_RUNNING = {
    State.SUCCEEDED,
    State.UNCHANGED,
    State.PARTIAL,
    State.FAILED,
    State.ROLLED_BACK,
    State.SUPERSEDED,
    State.CANCELLED,
    State.TIMED_OUT,
    State.INTERRUPTED,
}


def _allowed(one: State, other: State) -> bool:
    if one in WAITING:
        on = {State.RUNNING} | ENDS_OF_WAITING
        return other in on or (one is State.AWAITING_CONFIRMATION and other is State.AWAITING_APPROVAL)
    return one is State.RUNNING and other in ENDS_OF_RUNNING


@pytest.mark.parametrize(("one", "other"), list(product(State, State)))
def test_every_pair_of_states_follows_the_table(one: State, other: State) -> None:
    assert may_follow(one, other) is _allowed(one, other)


@pytest.mark.parametrize("state", State)
def test_a_state_has_ended_if_it_neither_waits_nor_runs(state: State) -> None:
    assert state.ended is (state not in WAITING | {State.RUNNING})
    assert state in FOLLOWS


@pytest.mark.parametrize(
    ("ends", "state"),
    [
        ([], State.UNCHANGED),
        (["done"], State.SUCCEEDED),
        (["done", "done"], State.SUCCEEDED),
        (["failed"], State.FAILED),
        (["done", "failed"], State.PARTIAL),
        (["done", "failed", "left out"], State.PARTIAL),
        (["failed", "left out"], State.FAILED),
        (["rolled back"], State.ROLLED_BACK),
        (["superseded"], State.SUPERSEDED),
        (["timed out"], State.TIMED_OUT),
        (["undone"], State.INTERRUPTED),
        (["unknown"], State.INTERRUPTED),
        (["failed", "rolled back", "unknown"], State.INTERRUPTED),
        (["failed", "rolled back"], State.ROLLED_BACK),
        (["left out"], State.FAILED),
    ],
)
def test_the_ends_of_steps_add_up_to_one_state(ends: list[str], state: State) -> None:
    assert end_state(ends) is state


_ENDED = ["done", "failed", "rolled back", "superseded", "timed out", "undone", "unknown", "left out"]


@given(st.lists(st.sampled_from(_ENDED), max_size=6))
def test_ends_add_up_in_any_order_and_success_needs_every_step(ends: list[str]) -> None:
    state = end_state(ends)
    assert may_follow(State.RUNNING, state)
    assert end_state(ends[::-1]) is state
    assert (state is State.SUCCEEDED) is (bool(ends) and set(ends) == {"done"})


@pytest.mark.parametrize("open_step", ["planned", "began"])
def test_steps_that_have_not_ended_do_not_add_up(open_step: str) -> None:
    with pytest.raises(ValueError, match="not ended"):
        end_state(["done", open_step])
