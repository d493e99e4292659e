"""What each day came to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, delete, func, literal, select

from bot.db.ledger.turns import one_after_the_other
from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import usage_days as days
from policies.cost.spans import Source
from policies.cost.usage import UsageRow

MOST = 500
"""Names in one statement."""


class SqlDays:
    """``handlers.ports.ledger.Days``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, environment: str, given: Collection[date], rows: Sequence[UsageRow]) -> None:
        with self._store.step_transaction() as connection:
            one_after_the_other(connection, days)
            connection.execute(
                delete(days).where(days.c.environment == environment, days.c.day.in_(sorted(given)))
            )
            put(connection, days, [_row(row) for row in rows])

    def fill(self, rows: Sequence[UsageRow]) -> None:
        with self._store.step_transaction() as connection:
            put(connection, days, [_row(row) for row in rows])

    def rows(self, environments: Collection[str], first: date, last: date) -> Sequence[UsageRow]:
        found = self._each(select(days), environments, first, last)
        return sorted(found, key=lambda r: (r.environment, r.day, r.service, r.item, r.source))

    def sums(self, environments: Collection[str], first: date, last: date) -> Sequence[UsageRow]:
        by = (days.c.environment, days.c.day, days.c.item, days.c.source, days.c.priced)
        query = select(
            *by,
            literal("").label("service"),
            func.sum(days.c.used).label("used"),
            func.sum(days.c.micros).label("micros"),
        )
        found = self._each(query.group_by(*by), environments, first, last)
        return sorted(found, key=lambda r: (r.environment, r.day, r.item, r.source, r.priced))

    def _each(
        self, query: Select[Any], environments: Collection[str], first: date, last: date
    ) -> list[UsageRow]:
        """In no order: PostgreSQL would put text into that of its own locale."""
        found: list[UsageRow] = []
        names, within = sorted(set(environments)), query.where(days.c.day.between(first, last))
        with self._store.read() as connection:
            for start in range(0, len(names), MOST):
                some = within.where(days.c.environment.in_(names[start : start + MOST]))
                found += [_usage(row) for row in connection.execute(some)]
        return found


def _row(row: UsageRow) -> dict[str, Any]:
    return {
        "environment": row.environment,
        "day": row.day,
        "service": row.service,
        "item": row.item,
        "source": row.source.value,
        "used": row.used,
        "micros": row.micros,
        "priced": row.priced,
    }


def _usage(row: Row[Any]) -> UsageRow:
    return UsageRow(
        environment=row.environment,
        service=row.service,
        day=row.day,
        item=row.item,
        used=int(row.used),
        micros=None if row.micros is None else int(row.micros),
        priced=row.priced,
        source=Source(row.source),
    )
