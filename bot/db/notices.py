"""The one message for each channel and stop time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import notices
from handlers.ports.book import Notice


class SqlNotices:
    """``handlers.ports.book.Notices``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def since(self, instant: datetime) -> Sequence[Notice]:
        order = (notices.c.stop_at, notices.c.channel)
        query = select(notices).where(notices.c.stop_at >= instant).order_by(*order)
        with self._store.read() as connection:
            return [_notice(row) for row in connection.execute(query)]

    def write(self, notice: Notice) -> None:
        with self._store.step_transaction() as connection:
            put(connection, notices, [_row(notice)])


def _row(notice: Notice) -> dict[str, Any]:
    return {
        "channel": notice.channel,
        "stop_at": notice.stop_at,
        "environments": list(notice.environments),
        "ts": notice.ts,
        "posted_at": notice.posted_at,
        "shown": notice.shown,
        "offers": dict(notice.offers),
        "unsent_since": notice.unsent_since,
        "closed": notice.closed,
    }


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        channel=row.channel,
        stop_at=row.stop_at,
        environments=tuple(row.environments),
        ts=row.ts,
        posted_at=row.posted_at,
        shown=row.shown,
        offers=row.offers,
        unsent_since=row.unsent_since,
        closed=row.closed,
    )
