"""What became of what an operation left: its message goes on saying how that stands, until it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from handlers.ports.book import Book
from handlers.ports.store import MessageRows, OperationRecord, Records
from handlers.tell.operation import report
from handlers.words.operation import Operation
from handlers.words.plan import Facts
from handlers.words.result import Report
from policies.schedule.overrides import Over
from policies.schedule.overrides import over as over_of


def lasting(after: Facts) -> str:
    """The id of the override that an operation left in force; empty if it left none."""
    override = after.get("override")
    found = override.get("id") if isinstance(override, dict) else None
    return found if isinstance(found, str) else ""


def over(book: Book, record: OperationRecord, now: datetime) -> Over | None:
    """How what it left came to its end; ``None`` if that goes on still, or it left nothing. What was pruned
    counts as over since its operation closed. ``Trouble`` where rows cannot be read."""
    left = lasting(record.after) if record.state.ended else ""
    if not left:
        return None
    held = book.overrides.find(left)
    if held is None:
        return Over(record.closed_at or now)
    return over_of(held, book.overrides.recent(held.end), now)


def reporting(
    declared: Callable[[str], Operation | None], book: Book, now: Callable[[], datetime]
) -> Callable[[OperationRecord], Report]:
    """What an operation's message says, from its record and from what became of what it left."""

    def told(record: OperationRecord) -> Report:
        at = now()
        return report(record, declared(record.name), now=at, over=over(book, record, at))

    return told


def settle(book: Book, records: Records, rows: MessageRows, now: datetime) -> None:
    """For the tick: whatever is over by now is told once more, and then no more. ``Trouble`` where rows
    cannot be read or written."""
    for row in rows.live():
        record = records.find(row.operation_id)
        if record is None or over(book, record, now) is not None:
            rows.settle(row.operation_id)
