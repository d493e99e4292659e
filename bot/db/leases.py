"""Named leases between replicas, on the database's clock."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.db.store import Store
from bot.db.tables import leases, operations
from bot.db.tables.types import database_now
from policies.lifecycle import State


class SqlLeases:
    """``handlers.ports.store.Leases`` for one process, ``holder``."""

    def __init__(self, store: Store, *, holder: str) -> None:
        self._store = store
        self._holder = holder

    def hold(self, name: str, seconds: float) -> bool:
        inserting: Any = (
            postgresql.insert if self._store.engine.dialect.name == "postgresql" else sqlite.insert
        )
        values = {"holder": self._holder, "held_until": database_now() + seconds}
        taking = inserting(leases).values(name=name, **values)
        free = or_(leases.c.holder == self._holder, leases.c.held_until <= database_now())
        taking = taking.on_conflict_do_update(index_elements=["name"], set_=values, where=free)
        with self._store.step_transaction() as connection:
            return connection.execute(taking.returning(leases.c.name)).first() is not None

    def release(self) -> None:
        """The operations stay ours until another takes them, so the call in hand can still be recorded."""
        mine = (operations.c.holder == self._holder) & (operations.c.state == State.RUNNING)
        with self._store.step_transaction() as connection:
            connection.execute(delete(leases).where(leases.c.holder == self._holder))
            connection.execute(update(operations).where(mine).values(held_until=database_now()))
