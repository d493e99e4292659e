"""Whose history was asked for."""

from __future__ import annotations

from sqlalchemy import select

from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import backfills
from handlers.ports.money import Backfilled


class SqlBackfills:
    """``handlers.ports.money.Backfills``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def done(self) -> frozenset[str]:
        with self._store.read() as connection:
            return frozenset(connection.execute(select(backfills.c.environment)).scalars())

    def record(self, backfilled: Backfilled) -> None:
        row = {"environment": backfilled.environment, "at": backfilled.at, "days": backfilled.days}
        with self._store.step_transaction() as connection:
            put(connection, backfills, [row])
