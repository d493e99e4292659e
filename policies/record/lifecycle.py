"""The states of an operation, which may follow which, and what the ends of its steps add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

WHOLE = "*"
"""The target that is the whole environment, or the whole installation."""


class State(StrEnum):
    AWAITING_CONFIRMATION = "awaiting confirmation"
    AWAITING_APPROVAL = "awaiting approval"
    RUNNING = "running"
    REFUSED = "refused"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUCCEEDED = "succeeded"
    UNCHANGED = "unchanged"
    PARTIAL = "partial"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed out"
    INTERRUPTED = "interrupted"

    @property
    def ended(self) -> bool:
        return not FOLLOWS[self]


_WAITING = frozenset({State.RUNNING, State.REFUSED, State.REJECTED, State.EXPIRED, State.CANCELLED})
_RUNNING = frozenset(
    {
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
)
FOLLOWS: Mapping[State, frozenset[State]] = {
    **{state: frozenset() for state in State},
    State.AWAITING_CONFIRMATION: _WAITING | {State.AWAITING_APPROVAL},
    State.AWAITING_APPROVAL: _WAITING,
    State.RUNNING: _RUNNING,
}
"""Which states may follow which. A state that nothing follows is an end state."""

MENDABLE = frozenset({State.PARTIAL, State.FAILED, State.TIMED_OUT, State.INTERRUPTED, State.SUPERSEDED})
"""Ends after which the same may be attempted again."""

FAILURES = frozenset({State.PARTIAL, State.FAILED, State.ROLLED_BACK, State.TIMED_OUT, State.INTERRUPTED})
"""Ends after which people ask why."""

_ENDS: Sequence[tuple[str, State]] = (
    ("unknown", State.INTERRUPTED),
    ("undone", State.INTERRUPTED),
    ("rolled back", State.ROLLED_BACK),
    ("superseded", State.SUPERSEDED),
    ("timed out", State.TIMED_OUT),
    ("partial", State.PARTIAL),
    ("failed", State.FAILED),
)


def may_follow(state: State, next_state: State) -> bool:
    return next_state in FOLLOWS[state]


def end_state(ends: Sequence[str]) -> State:
    """What the step states of an operation add up to, when all of them have ended.

    No step: nothing had to change. All done: succeeded. Some done and some not: partial. Otherwise the
    gravest, in this order: what is not known, what never happened, rolled back, superseded, timed out, done
    in part, failed. ``left out`` steps follow what stopped them. Raises ``ValueError`` on a step that has
    not ended."""
    if any(end in ("planned", "began") for end in ends):
        raise ValueError("a step has not ended")
    if not ends:
        return State.UNCHANGED
    if all(end == "done" for end in ends):
        return State.SUCCEEDED
    gravest = next((state for word, state in _ENDS if word in ends), State.FAILED)
    return State.PARTIAL if "done" in ends and gravest is State.FAILED else gravest


def excludes(target: str, other: str) -> bool:
    """Do two operations of one conflict group in one environment exclude each other? ``*`` is all of the
    environment."""
    return target == other or WHOLE in (target, other)
