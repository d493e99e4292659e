"""Budgets, which are part of the catalog."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from bot.db.putting import put
from bot.db.tables import budgets
from policies.catalog.budgets import budget_of, budget_values
from policies.cost.budgets import BudgetRow


def read_budgets(connection: Connection) -> tuple[BudgetRow, ...]:
    """By pattern, in one order whatever the database's collation makes of ``*`` and ``-``."""
    rows = [budget_of(dict(row._mapping)) for row in connection.execute(select(budgets))]
    return tuple(sorted(rows, key=lambda row: row.pattern))


def put_budgets(connection: Connection, wanted: Sequence[BudgetRow]) -> None:
    put(connection, budgets, [budget_values(row) for row in wanted])


def remove_budgets(connection: Connection, patterns: Sequence[str]) -> None:
    if patterns:
        connection.execute(delete(budgets).where(budgets.c.pattern.in_(patterns)))
