"""How a change that can be undone stands now: still to be undone, undone, or changed again by somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from handlers.ports.store import OperationRecord
from handlers.tell.endings import REPEAT_LASTS, UNDO_LASTS, Repeatable, Reversible
from handlers.words.codec import decode
from handlers.words.operation import Operation
from handlers.words.step import Left
from policies.record.lifecycle import WHOLE, State

_NOTHING_DONE = (State.UNCHANGED, State.CANCELLED)
"""Ends of a later operation after which the thing is as the change before left it."""

_IN_EFFECT = (State.SUCCEEDED, State.PARTIAL)


def undo_of(record: OperationRecord) -> Mapping[str, str]:
    """The arguments that undo an operation which has ended; empty if its steps left none."""
    if not record.state.ended:
        return {}
    lefts = (decode(Left, step.evidence) for step in record.steps)
    found = next((left.undo for left in reversed(list(lefts)) if left.undo), {})
    return {name: value for name, value in found.items() if isinstance(value, str)}


def can_be_undone(record: OperationRecord, declared: Operation | None) -> bool:
    """Whether a ``reversible`` operation has left something to undo."""
    return declared is not None and declared.reversible and bool(undo_of(record))


def onward_of(record: OperationRecord) -> tuple[str, str] | None:
    """The operation, and its target, without which what was done is not in effect; ``None`` if there is
    none."""
    if not record.state.ended:
        return None
    lefts = (decode(Left, step.evidence) for step in record.steps)
    found = next((left.onward for left in reversed(list(lefts)) if left.onward), {})
    operation, target = found.get("operation"), found.get("target")
    return (operation, target) if isinstance(operation, str) and isinstance(target, str) else None


def _still_onward(record: OperationRecord, moved: Sequence[OperationRecord]) -> tuple[str, str] | None:
    """What is still needed: it, or a start or a stop of all of the environment, has not been done since."""
    onward, closed = onward_of(record), record.closed_at or record.opened_at
    if onward is None:
        return None

    def did_it(other: OperationRecord) -> bool:
        same = (other.name, other.target) == onward or (other.name != record.name and other.target == WHOLE)
        after = other.environment == record.environment and other.opened_at >= closed
        return same and after and (other.state in _IN_EFFECT or not other.state.ended)

    return None if any(did_it(other) for other in moved) else onward


def can_be_repeated(record: OperationRecord) -> bool:
    """Whether an operation ended with nothing done, for a reason that passes."""
    return record.state.ended and any(decode(Left, step.evidence).again for step in record.steps)


def repeatable(
    record: OperationRecord, moved: Sequence[OperationRecord], *, gone: bool, now: datetime
) -> Repeatable:
    """The record must be one that ``can_be_repeated``. ``moved``: operations of that name, oldest first."""
    ended = record.closed_at or record.opened_at
    later = next((other for other in moved if _asks_the_same(record, other)), None)
    return Repeatable(later, gone, late=now >= ended + REPEAT_LASTS)


def _asks_the_same(record: OperationRecord, other: OperationRecord) -> bool:
    closed = record.closed_at or record.opened_at
    same = (other.name, other.environment, other.target) == (record.name, record.environment, record.target)
    asked = dict(other.arguments) == dict(record.arguments)
    return same and asked and other.id != record.id and other.opened_at >= closed


def reversible(
    record: OperationRecord,
    moved: Sequence[OperationRecord],
    *,
    zone: tzinfo | None,
    now: datetime,
    stopped_by: str = "",
) -> Reversible:
    """The record must be one that ``can_be_undone``, or needs something more. ``moved``: operations of the
    same name, those that are needed or that stop it, and starts and stops, oldest first; ``zone``: ``None``
    where the environment is no longer in the catalog."""
    late = now >= (record.closed_at or record.opened_at) + UNDO_LASTS
    stopped = [other for other in moved if other.name == stopped_by and _outlived(record, other)]
    later = next((other for other in moved if other in stopped or _changed_it(record, other)), None)
    undone = later is not None and (later in stopped or _brings_back(record, later))
    onward = _still_onward(record, moved)
    here = zone or UTC
    return Reversible(undo_of(record), here, later, undone, gone=zone is None, late=late, onward=onward)


def _outlived(record: OperationRecord, other: OperationRecord) -> bool:
    """Whether the other one was to stop what this one had under way, and did so just after this one had
    ended."""
    closed = record.closed_at or record.opened_at
    there = other.environment == record.environment and bool(_things(record) & _things(other))
    beside = record.opened_at <= other.opened_at < closed <= (other.closed_at or record.opened_at)
    return there and beside and other.state is State.SUCCEEDED


def _changed_it(record: OperationRecord, other: OperationRecord) -> bool:
    """Whether the other one came later and changed the same thing, or brought all of its environment up or
    down. A service is no longer what it was once its environment stopped; a flag is."""
    closed = record.closed_at or record.opened_at
    if other.id == record.id or other.environment != record.environment or other.opened_at < closed:
        return False
    if other.state in _NOTHING_DONE:
        return False
    if other.name == record.name:
        return _same_thing(record, other)
    return other.target == WHOLE and record.target != WHOLE


def _same_thing(record: OperationRecord, other: OperationRecord) -> bool:
    """Whether it changed what this one changed: the same target and, where the arguments name the thing (a
    flag), the same one. What an undo leaves as it was is what names the thing."""
    undo = undo_of(record)
    names = {name: value for name, value in record.arguments.items() if undo.get(name) == value}
    alike = other.target == record.target and names.items() <= dict(other.arguments).items()
    return alike and bool(_things(record) & _things(other))


def _things(record: OperationRecord) -> set[str]:
    return {s.step.on for s in record.steps}


def _brings_back(record: OperationRecord, later: OperationRecord) -> bool:
    return later.name == record.name and undo_of(record).items() <= dict(later.arguments).items()
