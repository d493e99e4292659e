"""Composes an operation's one message, from its record alone, at any moment of its life.

A whole channel reads it, so roles, secrets and accounts stay in the record and the audit entries.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.ports.store import OperationRecord
from handlers.tell.endings import (
    REPEAT_LASTS,
    UNDO_LASTS,
    Keeps,
    Kept,
    Mended,
    Repeatable,
    Reversible,
    further,
    of_keep,
    since_change,
    so_far,
)
from handlers.tell.headline import headline, line, remark
from handlers.words.codec import decode
from handlers.words.message import Field, Fields, Log, Offer, Text, blocks
from handlers.words.operation import Operation
from handlers.words.plan import Json
from handlers.words.result import Report
from handlers.words.step import Left, StepRecord, StepState
from policies.record.lifecycle import MENDABLE, WHOLE, State
from policies.secrets.public import public
from policies.service.images import short
from policies.times.instants import words

Since = Kept | Keeps | Mended | Reversible | Repeatable


def report(
    record: OperationRecord,
    declared: Operation | None,
    *,
    now: datetime,
    since: Since | None = None,
) -> Report:
    """Report an operation. While it runs, the message says what is being done and how far that is. Once it
    has ended, the message says how, after how long, and what was captured; if nothing had to change, why.

    ``declared`` is ``None`` if this release has no operation of that name. ``since`` is what happened since
    to what the operation left; nothing is offered about what is over. What the clock tried again is told by
    its last try.
    """
    mended = since if isinstance(since, Mended) else None
    shown, over = mended.shown if mended else record, isinstance(since, Kept)
    if isinstance(since, Keeps):
        told = so_far(since, now)
        shown = replace(record, summary=told, steps=tuple(replace(s, sentence=told) for s in record.steps))
    ended = shown.state.ended
    done = ended and shown.state is not State.UNCHANGED
    since_then = further(record.environment, mended) if mended else ""
    if isinstance(since, Reversible):
        since_then = since_change(record, since)
    said = (since_then, *remark(shown), *(() if done else shown.notes))
    notes = tuple(public(note) for note in said if note)
    ending = _over(record, since) if over else ""
    return Report(
        record.id,
        _state_of_over(since) if isinstance(since, Kept) else shown.state,
        public(ending or headline(shown, declared, now=now)),
        blocks(
            Fields(_fields(shown)),
            *(_captured(shown.steps) if ended else ()),
            Text(notes),
        ),
        () if over else _offers(record, shown, declared, since),
        public(ending or line(shown, declared, now=now)),
    )


def _offers(
    record: OperationRecord,
    shown: OperationRecord,
    declared: Operation | None,
    since: Since | None,
) -> tuple[Offer, ...]:
    """Buttons of the operation, and of its last try."""
    mended = since if isinstance(since, Mended) else None
    undo = (*_undo(record, declared, since), *_reversal(record, since), *_repeat(record, since))
    return (*_ending(record, declared), *undo, *_ways_on(shown, declared, mended))


def where(environment: str, target: str) -> str:
    """Name the target: ``orders-api`` in ``staging``, or ``staging`` alone."""
    if not environment:
        return "this installation"
    return f"`{environment}`" if target in ("", WHOLE) else f"`{target}` in `{environment}`"


def of(record: OperationRecord) -> str:
    """Name what an operation is about: its target, or the approved task that it runs."""
    task = record.arguments.get("task", "")
    if task and record.environment:
        return f"`{task}` in `{record.environment}`"
    return where(record.environment, record.target)


def doing(record: OperationRecord, *, now: datetime) -> str:
    """Say what is under way, next to a mention of its target: *restarting, begun by Dev 38 s ago*."""
    return f"{record.doing}, {_begun(record, now)}"


def under_way(record: OperationRecord, *, now: datetime) -> str:
    """Say what is under way: *Stopping `staging`, begun by Olu 38 s ago: 2 of 8 steps are done.*"""
    told = f"{record.doing.capitalize()} {of(record)}, {_begun(record, now)}"
    if len(record.steps) < 2:
        return f"{told}."
    done = sum(s.state is StepState.DONE for s in record.steps)
    return f"{told}: {done} of {len(record.steps)} steps are done."


def _begun(record: OperationRecord, now: datetime) -> str:
    return f"begun by {record.actor_name} {words(max(now, record.opened_at) - record.opened_at)} ago"


def by_whom(record: OperationRecord, *, now: datetime) -> str:
    """Say who began the operation, and how long it has run: *by Dev, for 38 s*."""
    since = words(max(now, record.opened_at) - record.opened_at)
    return f"by {record.actor_name}, for {since}"


def _undo(record: OperationRecord, declared: Operation | None, since: Since | None) -> tuple[Offer, ...]:
    """Offer to remove the override that the operation set, for as long as the override lasts; to cancel it,
    if it has yet to begin.
    """
    override = record.after.get("override") if record.state is State.SUCCEEDED else None
    if declared is None or not declared.undone_by or not isinstance(override, dict):
        return ()
    undoable = override.get("undoable", override.get("undone"))  # the previous release's name
    if not isinstance(override.get("id"), str) or undoable is False:
        return ()
    this, lasts = {"override": _text(override["id"])}, timedelta(hours=12)
    if record.closed_at is not None and isinstance(until := override.get("until"), str):
        lasts = max(lasts, datetime.fromisoformat(until) - record.closed_at)
    label = "Cancel" if isinstance(since, Keeps) and not since.held.begun else "Undo"
    return (Offer(label, declared.undone_by, record.environment, arguments=this, expires_in=lasts),)


def _reversal(record: OperationRecord, since: Since | None) -> tuple[Offer, ...]:
    """Of a change that nobody has touched since: what it still needs, and what brings back the state
    before.
    """
    if not isinstance(since, Reversible) or since.over:
        return ()
    target = "" if record.target == WHOLE else record.target
    there, lasts = record.environment, UNDO_LASTS
    undo = Offer("Undo", record.name, there, target, arguments=since.arguments, expires_in=lasts)
    undos = (undo,) if since.arguments else ()
    if since.onward is None:
        return undos
    needed, on = since.onward
    return (Offer(f"{needed.capitalize()} {on}", needed, there, on, expires_in=lasts), *undos)


def _repeat(record: OperationRecord, since: Since | None) -> tuple[Offer, ...]:
    """Of a change of which nothing was done: the same once more, as an operation of its own."""
    if not isinstance(since, Repeatable) or since.over:
        return ()
    target = "" if record.target == WHOLE else record.target
    return (
        Offer(
            "Try again",
            record.name,
            record.environment,
            target,
            arguments=dict(record.arguments),
            expires_in=REPEAT_LASTS,
        ),
    )


def _ending(record: OperationRecord, declared: Operation | None) -> tuple[Offer, ...]:
    """Of an operation that is running: what ends that which a step has under way."""
    if declared is None or not declared.stopped_by or record.state.ended:
        return ()
    under_way = (s for s in record.steps if s.state is StepState.BEGAN)
    ends = next((found for s in under_way if (found := decode(Left, s.evidence).ends)), None)
    if ends is None:
        return ()
    (by, label), this = declared.stopped_by, {name: _text(value) for name, value in ends.items()}
    return (
        Offer(
            label,
            by,
            record.environment,
            arguments=this,
            style="danger",
            expires_in=timedelta(days=1),
        ),
    )


def _state_of_over(kept: Kept) -> State:
    """A keep that is over is not told with the sign of what goes on."""
    if not kept.over.by:
        return State.EXPIRED
    return State.SUPERSEDED if kept.over.replaced and kept.again is None else State.CANCELLED


def _over(record: OperationRecord, since: Since | None) -> str:
    """Say who ended the keep and when, and what holds its environment from then on: *Olu removed the keep of
    `staging` at 21:10 (Europe/Berlin); its schedule keeps it on until 22:00 (Europe/Berlin).*
    """
    assert isinstance(since, Kept)
    return of_keep(record.environment, since)


def ways_on(record: OperationRecord, *, named: str = "", retried: bool = True) -> tuple[Offer, ...]:
    """Offer how to go on after a start or a stop that was made only in part. ``named`` follows each label;
    ``retried`` says whether the clock would try again by itself.
    """
    lasts = timedelta(hours=12)
    tried = {"retry_of": record.id}
    again = Offer(f"Try now{named}", record.name, record.environment, arguments=tried, expires_in=lasts)
    if record.source != "clock" or not retried:
        return (again,)
    left = Offer(
        f"Leave it{named}", "leave", record.environment, arguments={"tried": record.id}, expires_in=lasts
    )
    return (again, left)


def _ways_on(record: OperationRecord, declared: Operation | None, mended: Mended | None) -> tuple[Offer, ...]:
    if declared is None or not declared.brings or record.state not in MENDABLE:
        return ()
    if mended is None:
        return ways_on(record)
    return () if mended.over or mended.trying else ways_on(record, retried=mended.next_try is not None)


def _fields(record: OperationRecord) -> tuple[Field, ...]:
    fields = [Field(f"Image of {name}", change) for name, change in _images(record)]
    if len(record.steps) > 1:
        done = sum(s.state is StepState.DONE for s in record.steps)
        fields.append(Field("Steps", f"{done} of {len(record.steps)} done"))
    return tuple(fields)


def _images(record: OperationRecord) -> Iterable[tuple[str, str]]:
    """Yield each container with its digest before and after, if the operation deployed another image."""
    for service, after in record.after.items():
        old, new = _digests(record.before.get(service)), _digests(after)
        for container in new:
            if old.get(container) and old[container] != new[container]:
                yield container, f"{short(old[container])} → {short(new[container])}"


def _digests(state: Json) -> dict[str, str]:
    found = state.get("digests") if isinstance(state, dict) else None
    return {k: _text(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _captured(steps: Iterable[StepRecord]) -> Iterable[Log]:
    """Yield what the steps captured about why they ended so."""
    for step in steps:
        for log in decode(Left, step.evidence).captured:
            yield Log(public(log.title), tuple(map(public, log.lines)), tail=log.tail)


def _text(line: Json) -> str:
    return line if isinstance(line, str) else str(line)
