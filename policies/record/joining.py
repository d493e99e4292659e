"""Decides which operations share one message, and how that message stands. When one person asks for the same
kind of thing several times within a minute, the channel reads one message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.record.lifecycle import State

WITHIN = timedelta(seconds=60)
"""Counted from the first of the operations: *same person, same minute, same kind* is one message."""
MOST = 5
"""The most operations that one message tells of. Its menu has an entry for each, and takes five (facts/slack
2.1).
"""
_BEST_FIRST: Sequence[State] = (
    State.SUCCEEDED,
    State.UNCHANGED,
    State.CANCELLED,
    State.SUPERSEDED,
    State.PARTIAL,
    State.INTERRUPTED,
    State.ROLLED_BACK,
    State.TIMED_OUT,
    State.FAILED,
)


@dataclass(frozen=True)
class Asked:
    """What was asked for, by whom, when, and the channel in which its message stands. ``generation`` is the
    environment's, which grows when the environment changes.
    """

    operation: str
    environment: str
    generation: int
    actor: str
    channel: str
    at: datetime


@dataclass(frozen=True)
class Told:
    """An operation that has a message of its own. ``count``: how many operations the message tells of, this
    one included.
    """

    operation_id: str
    asked: Asked
    count: int


def joins(asked: Asked, told: Iterable[Told]) -> str:
    """Return the id of the operation whose message tells of this one too, or an empty text if this operation
    has a message of its own.
    """
    fitting = [one for one in told if _same(asked, one.asked) and one.count < MOST]
    newest = max(fitting, key=lambda one: (one.asked.at, one.operation_id), default=None)
    return newest.operation_id if newest is not None else ""


def _same(asked: Asked, first: Asked) -> bool:
    """Whether both belong in one message. Nothing joins what was opened later by another clock."""
    kind = (asked.operation, asked.environment, asked.generation, asked.actor, asked.channel)
    of_first = (first.operation, first.environment, first.generation, first.actor, first.channel)
    return kind == of_first and timedelta() <= asked.at - first.at < WITHIN


def worst(states: Iterable[State]) -> State:
    """Return how all of the operations stand together. An operation that has not ended comes before every
    end. Raises ``ValueError`` if there are no states.
    """
    return max(states, key=lambda s: _BEST_FIRST.index(s) if s in _BEST_FIRST else len(_BEST_FIRST))
