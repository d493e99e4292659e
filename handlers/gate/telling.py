"""Which existing message already tells of an operation, so that the operation needs no message of its own."""

from __future__ import annotations

from datetime import datetime

from handlers.gate.case import Case
from handlers.gate.parts import Parts
from handlers.ports.book import KEPT, Notice
from handlers.ports.store import OperationRecord
from handlers.tell.notice import due_at
from handlers.words.errors import Trouble
from handlers.words.result import Standing

MOST_TRIES = 50
"""The most tries of one transition to go through; a transition is tried again for a day."""


def told_by(parts: Parts, case: Case, now: datetime) -> str:
    """Return the ``ts`` of the message that tells of this operation; empty if none does.

    The message is the notice of a stop, if it stands for as long as what is asked for holds from now on;
    otherwise the message about the same thing, such as that of the keep which the operation ends. Raises
    ``Trouble``.
    """
    assert case.plan is not None, "told before it was planned"
    if case.place is None or not case.place.channel or not case.asked.noticed:
        return ""
    if case.plan.begins is not None:
        return _of_the_same(parts, case.plan.of, case.place.channel)
    found = _notices(parts, case.place.channel, case.environment, max(now, case.plan.until or now) - KEPT)
    if case.asked.brings:  # a notice of a stop that is due tells of that stop
        found = [n for n in found if due_at(n, now) > now]
    notice = max(((n.stop_at, n.ts) for n in found), default=(now, ""))[1]
    if notice or case.plan.until is not None:
        return notice
    return _of_the_same(parts, case.plan.of, case.place.channel)


def notice_of(parts: Parts, record: OperationRecord, now: datetime) -> Standing | None:
    """Return the notice that tells of an operation of the clock's; ``None`` if there is none, or if it cannot
    be read.
    """
    try:
        place = parts.catalog.read().environment(record.environment)
        if record.source != "clock" or place is None or not place.channel:
            return None
        found = _notices(parts, place.channel, record.environment, now - KEPT)
    except Trouble:
        return None
    newest = max(found, key=lambda notice: notice.stop_at, default=None)
    return Standing(place.channel, newest.ts) if newest else None


def _of_the_same(parts: Parts, operation_id: str, channel: str) -> str:
    """Return the ``ts`` of the message that tells of that operation: the clock's retries are told by the
    message of the first try.
    """
    for _ in range(MOST_TRIES):
        if not operation_id:
            break
        row = next(iter(parts.message_rows.together(operation_id)), None)
        if row is not None:
            return row.ts or row.told_by if row.channel == channel else ""
        record = parts.records.find(operation_id)
        operation_id = record.arguments.get("retry_of", "") if record is not None else ""
    return ""


def _notices(parts: Parts, channel: str, environment: str, since: datetime) -> list[Notice]:
    """Return the notices that are still edited, of stops from ``since`` on."""
    found = parts.book.notices.since(since)
    return [
        n for n in found if n.channel == channel and environment in n.environments and n.ts and not n.closed
    ]
