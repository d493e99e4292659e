"""Composes one message from several operations: the same kind of thing, asked for by one person within a
minute.

The worst state of a target leads; each target stands as its latest operation left it. Below is a line for
each operation, with its own sign and what is left to say of it, and then the buttons of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from handlers.ports.store import OperationRecord
from handlers.tell.glance import of_state, signed
from handlers.tell.headline import verb_of
from handlers.tell.reply import message
from handlers.words.message import Fields, Log, Message, Text, blocks
from handlers.words.operation import Operation
from handlers.words.result import Report
from policies.record.joining import worst
from policies.record.lifecycle import WHOLE, State


def together(
    records: Sequence[OperationRecord], reports: Sequence[Report], declared: Operation | None
) -> Message:
    """Compose the message of these operations, the oldest first. ``reports`` has the report of each. A single
    operation gets its own message, with what was captured; for several, what was captured stands in the
    thread alone.
    """
    if len(reports) == 1:
        return message(reports[0])
    latest = {record.target: report for record, report in zip(records, reports, strict=True)}
    moving = [report for report in reports if report.state is State.RUNNING]
    leading = moving or list(latest.values())
    state = worst(report.state for report in leading)
    told = [report for report in leading if report.state is state][-1]
    head = told.headline if len(latest) == 1 else _of_several(records[0], declared, told, latest.values())
    said = blocks(*(Text(tuple(_lines(report))) for report in reports))
    offers = tuple(
        replace(offer, label=f"{offer.label}: {record.target}") if len(latest) > 1 else offer
        for record, report in zip(records, reports, strict=True)
        for offer in report.offers
    )
    return Message(of_state(state), head, said, offers, tells=True, operations=tuple(_named(records)))


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


def _named(records: Sequence[OperationRecord]) -> Iterator[tuple[str, str]]:
    """Return the id and target of each operation, numbered where several have the same target."""
    seen: Counter[str] = Counter()
    for record in records:
        name = record.environment if record.target == WHOLE else record.target
        seen[name] += 1
        yield record.id, name if seen[name] == 1 else f"{name} ({seen[name]})"
