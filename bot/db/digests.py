"""What became of each week's digest in each channel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.db.live_posts import row_of
from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import digests, live_posts
from handlers.ports.digests import DigestRow, DigestState
from handlers.ports.live import LivePost


class SqlDigests:
    """``handlers.ports.digests.Digests``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, channel: str, week: str) -> DigestRow | None:
        query = select(digests).where(digests.c.channel == channel, digests.c.week == week)
        with self._store.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _digest(row)

    def of_weeks(self, weeks: Collection[str]) -> Sequence[DigestRow]:
        order = (digests.c.week, digests.c.channel)
        query = select(digests).where(digests.c.week.in_(sorted(weeks))).order_by(*order)
        with self._store.read() as connection:
            return [_digest(row) for row in connection.execute(query)]

    def claim(self, row: DigestRow, *, over: Collection[DigestState]) -> bool:
        """One statement, so that whichever of two comes second finds the first one's row."""
        return self._write(row, digests.c.state.in_(sorted(state.value for state in over)))

    def settle(self, row: DigestRow, *, live: LivePost | None = None) -> None:
        self._write(row, digests.c.state != DigestState.POSTED.value, live)

    def tell_once(self, channel: str, week: str) -> bool:
        this = (digests.c.channel == channel, digests.c.week == week)
        telling = update(digests).where(*this, ~digests.c.told).values(told=True)
        with self._store.step_transaction() as connection:
            return connection.execute(telling.returning(digests.c.channel)).one_or_none() is not None

    def _write(self, row: DigestRow, replacing: ColumnElement[bool], live: LivePost | None = None) -> bool:
        with self._store.step_transaction() as connection:
            if live is not None:
                put(connection, live_posts, [row_of(live)])
            make: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            values = _row(row)
            writing = make(digests).values(**values)
            changed = {name: values[name] for name in ("state", "at", "ts", "reason")}
            keys = [digests.c.channel, digests.c.week]
            writing = writing.on_conflict_do_update(index_elements=keys, set_=changed, where=replacing)
            return connection.execute(writing.returning(digests.c.channel)).one_or_none() is not None


def _row(row: DigestRow) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "week": row.week,
        "state": row.state.value,
        "at": row.at,
        "ts": row.ts,
        "reason": row.reason,
    }


def _digest(row: Row[Any]) -> DigestRow:
    return DigestRow(row.channel, row.week, DigestState(row.state), row.at, row.ts, row.reason)
