"""What became of what an operation left: its message is drawn from that as it stands, until it is over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from handlers.gate.aftermath import Ground, Since, following, lasting
from handlers.ports.store import Followed, MessageRow, MessageRows, OperationRecord
from handlers.tell.endings import Kept, Mended, Reversible
from handlers.tell.operation import report
from handlers.words.errors import Trouble
from handlers.words.result import Report


def reporting(ground: Ground, now: Callable[[], datetime]) -> Callable[[OperationRecord], Report]:
    """What an operation's message says, from its record and from what became of what it left."""

    def told(record: OperationRecord) -> Report:
        at = now()
        since = following(ground, (record,), at).get(record.id)
        return report(record, ground.declared(record.name), now=at, since=since)

    return told


def settle(ground: Ground, rows: MessageRows, now: datetime) -> Trouble | None:
    """For the tick: each live message that no longer says what is so is drawn again, and one whose thing is
    over is live no more. As many queries however many there are. What kept rows from being read or written,
    which is no reason not to show the messages that are behind."""
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
    """One that was never looked at says what its record says."""
    if record is None:
        return Followed(row.operation_id, row.stands, again=True, over=True)
    declared, became = ground.declared(record.name), since.get(record.id)
    stands = _digest(report(record, declared, now=now, since=became))
    said = row.stands or _digest(report(record, declared, now=now))
    return Followed(record.id, stands, again=stands != said, over=_is_over(record, became))


def _is_over(record: OperationRecord, became: Since | None) -> bool:
    """Of a start that left a keep, once that is over."""
    if isinstance(became, Mended):
        return became.over and not lasting(record.after)
    if isinstance(became, Reversible):
        return became.over
    return isinstance(became, Kept) and became.settled


def _digest(said: Report) -> str:
    """Of what people read; for how long a button lasts is not among it."""
    buttons = [(o.label, o.operation, sorted(o.arguments.items())) for o in said.offers]
    read = repr((said.state, said.headline, said.blocks, buttons))
    return hashlib.sha256(read.encode()).hexdigest()[:32]
