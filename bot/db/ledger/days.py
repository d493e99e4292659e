"""What each day came to, by service and, for many environments at once, without."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, case, delete, func, literal, select

from bot.db.ledger.turns import one_after_the_other
from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import usage_days as days
from bot.db.tables import usage_sums as sums
from policies.cost.spans import Source
from policies.cost.usage import Total, UsageRow

MOST = 500
"""Names in one statement."""


class SqlDays:
    """``handlers.ports.ledger.Days``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, environment: str, given: Collection[date], rows: Sequence[UsageRow]) -> None:
        with self._store.step_transaction() as connection:
            one_after_the_other(connection, days)
            for table in (days, sums):
                ours = table.c.environment == environment
                connection.execute(delete(table).where(ours, table.c.day.in_(sorted(given))))
            put(connection, days, [_row(row) for row in rows])
            put(connection, sums, _taken_together(rows))

    def rows(self, environments: Collection[str], first: date, last: date) -> Sequence[UsageRow]:
        found = [_usage(row) for row in self._each(select(days), environments, first, last)]
        return sorted(found, key=lambda r: (r.environment, r.day, r.service, r.item, r.source))

    def sums(self, environments: Collection[str], first: date, last: date) -> Sequence[UsageRow]:
        query = select(sums, literal("").label("service"))
        found = [_usage(row) for row in self._each(query, environments, first, last)]
        return sorted(found, key=lambda r: (r.environment, r.day, r.item, r.source, r.priced))

    def shared(self, first: date, last: date) -> Sequence[str]:
        name = sums.c.environment
        query = select(name).where(sums.c.day.between(first, last), name.contains("+", autoescape=True))
        with self._store.read() as connection:
            return sorted(connection.execute(query.distinct()).scalars())

    def totals(
        self, environments: Collection[str], first: date, last: date, *, services: bool = False
    ) -> Sequence[Total]:
        table = days if services else sums
        service = days.c.service if services else literal("").label("service")
        by = (table.c.environment, table.c.item, table.c.source, *([service] if services else []))
        query = select(
            *by,
            *([] if services else [service]),
            func.sum(table.c.used).label("used"),
            func.sum(table.c.micros).label("micros"),
            func.max(case((table.c.micros.is_(None), 1), else_=0)).label("unpriced"),
            func.max(table.c.priced).label("priced"),
            func.min(table.c.day).label("first"),
            func.count(table.c.day.distinct()).label("days"),
        ).group_by(*by)
        found = [_total(row) for row in self._each(query, environments, first, last)]
        return sorted(found, key=lambda t: (t.environment, t.item, t.source, t.service))

    def _each(
        self, query: Select[Any], environments: Collection[str], first: date, last: date
    ) -> Iterator[Row[Any]]:
        """In no order: PostgreSQL would put text into that of its own locale."""
        table = sums if sums in query.get_final_froms() else days
        names, within = sorted(set(environments)), query.where(table.c.day.between(first, last))
        with self._store.read() as connection:
            for start in range(0, len(names), MOST):
                yield from connection.execute(
                    within.where(table.c.environment.in_(names[start : start + MOST]))
                )


def _taken_together(rows: Sequence[UsageRow]) -> list[dict[str, Any]]:
    """``micros`` is ``None`` only where no row has a price."""
    found: dict[tuple[str, date, str, str, str], dict[str, Any]] = {}
    for row in rows:
        key = (row.environment, row.day, row.item, row.source.value, row.priced)
        held = found.setdefault(key, {**_row(row), "used": 0, "micros": None})
        held["used"] += row.used
        if row.micros is not None:
            held["micros"] = (held["micros"] or 0) + row.micros
    return [{name: value for name, value in row.items() if name != "service"} for row in found.values()]


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


def _total(row: Row[Any]) -> Total:
    return Total(
        environment=row.environment,
        service=row.service,
        item=row.item,
        used=int(row.used),
        micros=int(row.micros or 0),
        unpriced=bool(row.unpriced),
        priced=row.priced,
        source=Source(row.source),
        first=row.first,
        days=int(row.days),
    )
