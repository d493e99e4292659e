"""Which operations are told by one message, and how that message stands: one person asks for the same kind of
thing several times within a minute, and the channel reads it once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.record.lifecycle import State

WITHIN = timedelta(seconds=60)
"""From the first of them: *same person, same minute, same kind* is one message."""
MOST = 5
"""Operations that one message tells of: its menu has an entry of each, and takes five (facts/slack 2.1)."""
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
    """What was asked for, by whom, when, and in which channel its message stands. ``generation``: of the
    environment, which is another one once that is changed."""

    operation: str
    environment: str
    generation: int
    actor: str
    channel: str
    at: datetime


@dataclass(frozen=True)
class Told:
    """A message of an operation's own. ``count``: how many operations it tells of, its own among them."""

    operation_id: str
    asked: Asked
    count: int


def joins(asked: Asked, told: Iterable[Told]) -> str:
    """The id of the operation whose message tells of this one too; empty if this one has a message of its
    own."""
    fitting = [one for one in told if _same(asked, one.asked) and one.count < MOST]
    newest = max(fitting, key=lambda one: (one.asked.at, one.operation_id), default=None)
    return newest.operation_id if newest is not None else ""


def _same(asked: Asked, first: Asked) -> bool:
    """Nothing joins what another clock opened later."""
    kind = (asked.operation, asked.environment, asked.generation, asked.actor, asked.channel)
    of_first = (first.operation, first.environment, first.generation, first.actor, first.channel)
    return kind == of_first and timedelta() <= asked.at - first.at < WITHIN


def worst(states: Iterable[State]) -> State:
    """How all of them stand together. What has not ended comes before every end. ``ValueError`` if there are
    none."""
    return max(states, key=lambda s: _BEST_FIRST.index(s) if s in _BEST_FIRST else len(_BEST_FIRST))
