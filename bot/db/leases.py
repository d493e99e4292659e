"""Named leases between replicas, on the database's clock."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.db.store import Store
from bot.db.tables import leases, operations
from bot.db.tables.types import database_now
from handlers.ports.store import Lease
from policies.record.lifecycle import State

PRESENT = "replica "
"""Leases by which processes know of one another begin with this."""


class SqlLeases:
    """``handlers.ports.store.Leases`` for one process, ``holder``."""

    def __init__(self, store: Store, *, holder: str) -> None:
        self._store = store
        self._holder = holder

    def hold(self, name: str, seconds: float) -> Lease:
        until = database_now() + seconds
        mine = (leases.c.name == name) & (leases.c.holder == self._holder)
        with self._store.step_transaction() as connection:
            if connection.execute(update(leases).where(mine).values(held_until=until)).rowcount:
                return Lease.RENEWED
            taken = connection.execute(self._taking(name, until)).first()
        return Lease.ANOTHERS if taken is None else Lease.TAKEN

    def attend(self, seconds: float) -> int:
        """A lease of its own, beside those of the others; expired ones are removed."""
        own, others = f"{PRESENT}{self._holder}", leases.c.name.startswith(PRESENT, autoescape=True)
        with self._store.step_transaction() as connection:
            connection.execute(delete(leases).where(others & (leases.c.held_until <= database_now())))
            connection.execute(self._taking(own, database_now() + seconds))
            renewed = update(leases).where(leases.c.name == own).values(held_until=database_now() + seconds)
            connection.execute(renewed)
            here = select(func.count()).where(others & (leases.c.held_until > database_now()))
            return connection.execute(here).scalar_one()

    def _taking(self, name: str, until: Any) -> Any:
        """Returns a row if the lease was free."""
        inserting: Any = (
            postgresql.insert if self._store.engine.dialect.name == "postgresql" else sqlite.insert
        )
        values = {"holder": self._holder, "held_until": until}
        free = leases.c.held_until <= database_now()
        taking = inserting(leases).values(name=name, **values)
        taking = taking.on_conflict_do_update(index_elements=["name"], set_=values, where=free)
        return taking.returning(leases.c.name)

    def release(self) -> None:
        """The operations stay ours until another takes them, so the call in hand can still be recorded."""
        mine = (operations.c.holder == self._holder) & (operations.c.state == State.RUNNING)
        with self._store.step_transaction() as connection:
            connection.execute(delete(leases).where(leases.c.holder == self._holder))
            connection.execute(update(operations).where(mine).values(held_until=database_now()))
