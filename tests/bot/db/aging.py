"""Old working state, for tests of what becomes of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.db.database import Database
from bot.db.pruning.removal import Keep
from bot.db.tables import metadata
from handlers.ports.ledger import Sample
from handlers.ports.store import Opened
from policies.cost.spans import Kind, Span
from tests.contracts.values import NOW, closing, entry, later, opening, yes

DAY = timedelta(days=1)
KEEP = Keep(spans=40 * DAY, days=800 * DAY, work=400 * DAY)
EVER = later(days=-20_000)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def ended(db: Database, days: float, *, shown: bool = True, **kw: Any) -> str:
    """An operation that was closed so many days ago. Its message shows the end if ``shown``."""
    found = db.operations.open(opening(now=ago(days) - timedelta(minutes=1), **kw), yes)
    assert isinstance(found, Opened)
    end = closing(entry=entry(kind="closed", operation_id=found.record.id), now=ago(days))
    assert db.operations.close(found.record, end)
    row = db.messages.find(found.record.id)
    if shown and row is not None:
        db.messages.shown(replace(row, version_shown=row.version_wanted, ts="1.1"))
    return found.record.id


def running(db: Database, days: float, **kw: Any) -> str:
    found = db.operations.open(opening(now=ago(days), **kw), yes)
    assert isinstance(found, Opened)
    return found.record.id


def pruned(db: Database, keep: Keep = KEEP, now: datetime = NOW) -> Counter[str]:
    """Prune in as many batches as it takes, and return what was removed, which must be what was counted
    before.
    """
    told = Counter(db.pruning.removable(keep, now))
    gone: Counter[str] = Counter()
    while any((batch := db.pruning.prune(keep, now)).values()):
        gone.update(batch)
    assert +gone == +told
    assert not any(db.pruning.removable(keep, now).values())
    return +gone


def rows(db: Database, *names: str) -> dict[str, list[Any]]:
    """The rows of every table, or of the named ones."""
    with db.store.read() as connection:
        tables = [t for t in metadata.sorted_tables if not names or t.name in names]
        return {t.name: sorted(map(repr, connection.execute(select(t)))) for t in tables}


def spans(db: Database, *days: float, environment: str = "staging") -> None:
    for number in days:
        made = Span(
            f"{environment} {number}", environment, "web", Kind.TASK, (), ago(number + 1), ago(number), True
        )
        db.book.ledger.spans.record(Sample(environment, ago(number), (made,)))
