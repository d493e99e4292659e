"""Which shares of which budgets were told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import budget_warnings as table
from handlers.ports.budgets import BudgetWarning


class SqlBudgetWarnings:
    """``handlers.ports.book.BudgetWarnings``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, month: date) -> Sequence[BudgetWarning]:
        order = (table.c.pattern, table.c.monthly, table.c.share, table.c.channel)
        query = select(table).where(table.c.month == month).order_by(*order)
        with self._store.read() as connection:
            return [_warning(row) for row in connection.execute(query)]

    def claim(self, warning: BudgetWarning) -> bool:
        """One statement, so that whichever of two comes second finds the first one's row."""
        with self._store.step_transaction() as connection:
            make: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            inserting = make(table).values(asdict(warning)).on_conflict_do_nothing()
            return connection.execute(inserting.returning(table.c.share)).one_or_none() is not None

    def write(self, warnings: Sequence[BudgetWarning]) -> None:
        with self._store.step_transaction() as connection:
            put(connection, table, [asdict(warning) for warning in warnings])


def _warning(row: Row[Any]) -> BudgetWarning:
    return BudgetWarning(**row._mapping)
