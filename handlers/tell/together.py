"""Composes one message from several operations: the same kind of thing, asked for by one person within a
minute.

The worst state of a target leads; each target stands as its latest operation left it. Below is a line for
each operation, with its own sign and what is left to say of it, and then the buttons of all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.ports.store import OperationRecord
from handlers.tell.glance import of_state, signed
from handlers.tell.headline import verb_of
from handlers.tell.reply import message
from handlers.tell.shortening import BUTTON, apart, within
from handlers.words.message import Fields, Log, Message, Text, blocks
from handlers.words.operation import Operation
from handlers.words.result import Report
from policies.record.joining import worst
from policies.record.lifecycle import WHOLE, State
from policies.schedule.standing import said_by_weekday
from policies.times.reading import named_zone

AUDIT = "Show the audit entry"
"""The entry of the menu of an operation's message; with *of* and a name, if the message tells of several."""
ENTRY = BUTTON - len(f"{AUDIT} of ")
"""The most characters of what the menu calls an operation."""


def together(
    records: Sequence[OperationRecord], reports: Sequence[Report], declared: Operation | None
) -> Message:
    """Compose the message of these operations, the oldest first. ``reports`` has the report of each. A single
    operation gets its own message, with what was captured; for several, what was captured stands in the
    thread alone.
    """
    if len(reports) == 1:
        return message(reports[0])
    latest = {_thing(record, declared): report for record, report in zip(records, reports, strict=True)}
    moving = [report for report in reports if report.state is State.RUNNING]
    leading = moving or list(latest.values())
    state = worst(report.state for report in leading)
    told = [report for report in leading if report.state is state][-1]
    alone = len(latest) == 1 or verb_of(records[0], declared).whole
    head = told.headline if alone else _of_several(records[0], declared, told, latest.values())
    said = blocks(*(Text(tuple(_lines(report))) for report in reports))
    offers = [
        replace(offer, label=_labelled(offer.label, record, declared, several=len(latest) > 1))
        for record, report in zip(records, reports, strict=True)
        for offer in report.offers
    ]
    labels = apart((offer.label for offer in offers), BUTTON)
    named = tuple(replace(offer, label=label) for offer, label in zip(offers, labels, strict=True))
    return Message(of_state(state), head, said, named, tells=True, operations=_entries(records, declared))


def _thing(record: OperationRecord, declared: Operation | None) -> str:
    """What an operation changed: its target, or the one thing of an environment that its step names, such as
    a flag."""
    one = declared is not None and declared.reversible and record.target == WHOLE and record.steps
    return record.steps[0].step.on if one else record.target


def captured(record: OperationRecord, said: Message, *, beside: bool) -> list[Log]:
    """Return what was captured of one operation, taken from the message that it would have alone. ``beside``:
    logs of other operations stand in the same thread, so each title begins with the service.
    """
    logs = [block for block in said.blocks if isinstance(block, Log)]
    named = beside and record.target != WHOLE
    return [replace(log, title=f"{record.target}: {log.title}") for log in logs] if named else logs


def _of_several(
    first: OperationRecord, declared: Operation | None, told: Report, standing: Collection[Report]
) -> str:
    """The headline: *Restarting 3 services in `staging` · Dev*, or *3 services restarted in `staging` · Dev*.
    If one did not end well, how that one ended comes first: *`web` failed to start: exit code 1 · after 12 s
    · 2 of 3 services restarted*.
    """
    verb, count = verb_of(first, declared), len(standing)
    there = f"in `{first.environment}` · {first.actor_name}"
    if told.state is State.RUNNING:
        return f"{verb.going[:1].upper()}{verb.going[1:]} {count} services {there}"
    done = sum(report.state is State.SUCCEEDED for report in standing)
    said = f"services {verb.several or verb.done} {there}"
    return f"{count} {said}" if done == count else f"{told.line} · {done} of {count} {said}"


def _lines(report: Report) -> Iterator[str]:
    yield signed(of_state(report.state), report.line)
    for block in report.blocks:
        if isinstance(block, Fields):
            yield from (f"{field.label}: {field.value}" for field in block.pairs)
        if isinstance(block, Text):
            yield from block.lines


def _labelled(label: str, record: OperationRecord, declared: Operation | None, *, several: bool) -> str:
    """Return the label of a button among those of other operations: *Undo: web*, *Cancel Tue 06:30
    (Europe/Berlin)*.
    """
    left = _left(record)
    if left is not None:
        return f"{label}{' ' if left.planned else ': '}{left.when}"
    return f"{label}: {within(_thing(record, declared), ENTRY)}" if several else label


def _entries(records: Sequence[OperationRecord], declared: Operation | None) -> tuple[tuple[str, str], ...]:
    """Return the id of each operation, and what the menu calls it."""
    names = apart((_called(record, declared) for record in records), ENTRY)
    return tuple((record.id, name) for record, name in zip(records, names, strict=True))


def _called(record: OperationRecord, declared: Operation | None) -> str:
    if named := record.arguments.get(verb_of(record, declared).named_by):
        return named
    if record.target != WHOLE:
        return record.target
    left = _left(record)
    return f"{record.environment}, {left.when}" if left is not None else record.environment


@dataclass(frozen=True)
class _Left:
    """The keep that an operation left. ``when`` tells it from others: the beginning of one that was planned,
    else its end.
    """

    when: str
    planned: bool


def _left(record: OperationRecord) -> _Left | None:
    found = record.after.get("override")
    if not isinstance(found, dict) or not isinstance(zone := found.get("zone"), str):
        return None
    since, until, on = found.get("since"), found.get("until"), "off" if found.get("state") == "down" else "on"

    def said(instant: str) -> str:
        return said_by_weekday(datetime.fromisoformat(instant), named_zone(zone), record.opened_at)

    if isinstance(since, str):
        return _Left(said(since), planned=True)
    return _Left(f"{on} until {said(until)}", planned=False) if isinstance(until, str) else None
