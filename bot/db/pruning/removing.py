"""Removing what is old, a small batch at a time, so that no transaction is long and none holds the gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, delete, func, select, tuple_

from bot.db.pruning.ledger import of_ledger
from bot.db.pruning.removal import Keep, Removal
from bot.db.pruning.working import of_work
from bot.db.store import Store, unbound


class SqlPruning:
    """Everything but evidence: how many rows of which table."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def removable(self, keep: Keep, now: datetime) -> Mapping[str, int]:
        """The number of rows that may go."""
        with self._store.read() as connection:
            unbound(connection)
            return {name: n for r in _removals(keep, now) for name, n in _counted(connection, r).items()}

    def prune(self, keep: Keep, now: datetime) -> Mapping[str, int]:
        """Remove one batch from each table, every batch in a transaction of its own; nothing is left once
        all are 0. Looking for old rows is not part of the transaction: a batch that finds nothing writes
        nothing."""
        gone: Counter[str] = Counter()
        for removal in _removals(keep, now):
            gone.update(self._remove(removal))
        return gone

    def _remove(self, removal: Removal) -> Mapping[str, int]:
        """Whoever removes a row looks at it again first."""
        table = removal.table
        key = tuple_(*table.primary_key.columns)
        found = select(*table.primary_key.columns).where(removal.old)
        with self._store.read() as connection:
            keys = connection.execute(found.order_by(removal.by).limit(removal.most)).all()
        if not keys:
            return {}
        with self._store.step_transaction() as connection:
            keys = connection.execute(found.where(key.in_([tuple(k) for k in keys]))).all()
            counts = {
                part.name: connection.execute(
                    delete(part).where(part.c.operation_id.in_([k[0] for k in keys]))
                ).rowcount
                for part in removal.parts
            }
            going = delete(table).where(key.in_([tuple(k) for k in keys]))
            return {table.name: connection.execute(going).rowcount, **counts}


@lru_cache(maxsize=4)
def _removals(keep: Keep, now: datetime) -> tuple[Removal, ...]:
    """Kept, because every batch of one pruning asks for the same, and making them takes longer than most
    batches."""
    return (*of_work(keep, now), *of_ledger(keep, now))


def _counted(connection: Connection, removal: Removal) -> dict[str, int]:
    table = removal.table
    counts = {table.name: connection.scalar(select(func.count()).select_from(table).where(removal.old)) or 0}
    for part in removal.parts:
        whole = select(table.c.id).where(removal.old)
        rows = select(func.count()).select_from(part).where(part.c.operation_id.in_(whole))
        counts[part.name] = connection.scalar(rows) or 0
    return counts
