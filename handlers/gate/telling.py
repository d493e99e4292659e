"""Which message tells already of what an operation comes to, so that it needs none of its own."""

from __future__ import annotations

from datetime import datetime

from handlers.gate.case import Case
from handlers.gate.parts import Parts
from handlers.ports.book import KEPT
from handlers.ports.store import OperationRecord
from handlers.words.errors import Trouble
from handlers.words.result import Standing

OVERRIDE = "override"
"""The conflict group of whatever keeps an environment from its schedule, or ends that."""


def told_by(parts: Parts, case: Case, now: datetime) -> str:
    """Its ``ts``: the notice of a stop that stands for as long as what is asked for holds; else, where an
    override is ended, the message of whoever set it. Empty: no message does. Raises ``Trouble``."""
    assert case.plan is not None, "told before it was planned"
    if case.place is None or not case.place.channel or case.asked.conflicts != OVERRIDE:
        return ""
    notice = _notice(parts, case.place.channel, case.environment, case.plan.until or now, now)
    if notice or case.plan.until is not None:
        return notice
    held = case.plan.before.get("override")
    row = parts.message_rows.find(held) if isinstance(held, str) and held else None
    return row.ts or row.told_by if row is not None and row.channel == case.place.channel else ""


def notice_of(parts: Parts, record: OperationRecord, now: datetime) -> Standing | None:
    """The notice that tells of what the clock runs; ``None`` where there is none, or that cannot be read."""
    try:
        place = parts.catalog.read().environment(record.environment)
        if record.source != "clock" or place is None or not place.channel:
            return None
        ts = _notice(parts, place.channel, record.environment, now, now)
    except Trouble:
        return None
    return Standing(place.channel, ts) if ts else None


def _notice(parts: Parts, channel: str, environment: str, until: datetime, now: datetime) -> str:
    """The newest that is edited still when what is asked for ends."""
    found = (
        n
        for n in parts.book.notices.since(max(now, until) - KEPT)
        if n.channel == channel and environment in n.environments and n.ts and not n.closed
    )
    return max(((n.stop_at, n.ts) for n in found), default=(now, ""))[1]
