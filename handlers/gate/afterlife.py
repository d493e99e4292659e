"""Follows what an operation left: its message is redrawn from how that stands, until it is over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from handlers.gate.aftermath import Ground, Since, following, lasting
from handlers.ports.messages import Followed, MessageRow, MessageRows
from handlers.ports.store import OperationRecord
from handlers.tell.endings import Kept, Mended, Repeatable, Reversible
from handlers.tell.operation import report
from handlers.tell.together import together
from handlers.words.errors import Trouble
from handlers.words.message import Message
from handlers.words.result import Report


def reporting(ground: Ground, now: Callable[[], datetime]) -> Callable[[OperationRecord], Report]:
    """Return a function that makes an operation's message from its record and from what became of what it
    left.
    """

    def told(record: OperationRecord) -> Report:
        at = now()
        since = following(ground, (record,), at).get(record.id)
        return report(record, ground.declared(record.name), now=at, since=since)

    return told


def told(ground: Ground, records: Sequence[OperationRecord], now: datetime) -> Message:
    """Return the one message that tells of these operations, the oldest first, as they stand now."""
    since = following(ground, records, now)
    names = {record.name: ground.declared(record.name) for record in records}
    reports = [report(r, names[r.name], now=now, since=since.get(r.id)) for r in records]
    return together(records, reports, names[records[0].name])


def settle(ground: Ground, rows: MessageRows, now: datetime) -> Trouble | None:
    """Redraw each live message that is out of date, and stop following those whose subject is over; runs at
    each tick.

    Takes the same number of queries however many messages there are. Returns the trouble that kept rows from
    being read or written; messages that are behind can be shown all the same.
    """
    try:
        _settle(ground, rows, now)
    except Trouble as trouble:
        return trouble
    return None


def _settle(ground: Ground, rows: MessageRows, now: datetime) -> None:
    live = rows.live()
    if not live:
        return
    records = {r.id: r for r in ground.records.these([row.operation_id for row in live])}
    since = following(ground, tuple(records.values()), now)
    found = (_followed(ground, row, records.get(row.operation_id), since, now=now) for row in live)
    changed = [one for one, row in zip(found, live, strict=True) if one.over or one.stands != row.stands]
    if changed:
        rows.follow(changed)


def _followed(
    ground: Ground,
    row: MessageRow,
    record: OperationRecord | None,
    since: dict[str, Since],
    *,
    now: datetime,
) -> Followed:
    """Return how the message's subject stands. Until the first look, a message says what its record says."""
    if record is None:
        return Followed(row.operation_id, row.stands, again=True, over=True)
    declared, became = ground.declared(record.name), since.get(record.id)
    stands = _digest(report(record, declared, now=now, since=became))
    said = row.stands or _digest(report(record, declared, now=now))
    return Followed(record.id, stands, again=stands != said, over=_is_over(record, became))


def _is_over(record: OperationRecord, became: Since | None) -> bool:
    """Return whether a message's subject is over. A start that left a keep is followed until the keep is
    over.
    """
    if isinstance(became, Mended):
        return became.over and not lasting(record.after)
    if isinstance(became, Reversible | Repeatable):
        return became.over
    return isinstance(became, Kept) and became.settled


def _digest(said: Report) -> str:
    """Return a digest of what people read in a message; how long a button lasts is not part of it."""
    buttons = [(o.label, o.operation, sorted(o.arguments.items())) for o in said.offers]
    read = repr((said.state, said.headline, said.blocks, buttons))
    return hashlib.sha256(read.encode()).hexdigest()[:32]
