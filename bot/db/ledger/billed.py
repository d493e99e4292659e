"""The bill as it was read, and the questions that were paid for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from bot.db.putting import insert_once, put
from bot.db.store import Store
from bot.db.tables import billed_days, billing_queries
from handlers.ports.money import Activation, Asked, BillingQuery, TagState
from policies.cost.billed import BilledDay


class SqlBilled:
    """``handlers.ports.money.Billed``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, query: BillingQuery) -> bool:
        with self._store.step_transaction() as connection:
            return insert_once(connection, billing_queries, _query_row(query))

    def update(self, query: BillingQuery) -> None:
        with self._store.step_transaction() as connection:
            put(connection, billing_queries, [_query_row(query)])

    def queries(self, since: date) -> Sequence[BillingQuery]:
        table = billing_queries
        query = select(table).where(table.c.day >= since).order_by(table.c.day, table.c.account)
        with self._store.read() as connection:
            return [
                BillingQuery(
                    row.account,
                    row.day,
                    row.at,
                    Asked(row.state),
                    row.pages,
                    tuple(TagState(key, Activation(state)) for key, state in row.tags),
                    row.trouble,
                )
                for row in connection.execute(query)
            ]

    def put(self, account: str, days: Collection[date], rows: Sequence[BilledDay]) -> None:
        table = billed_days
        with self._store.step_transaction() as connection:
            for day in sorted(days):
                connection.execute(delete(table).where(table.c.account == account, table.c.day == day))
            put(connection, table, [_row(row) for row in rows])

    def rows(self, first: date, last: date) -> Sequence[BilledDay]:
        table = billed_days
        query = (
            select(table)
            .where(table.c.day.between(first, last))
            .order_by(table.c.account, table.c.day, table.c.owner, table.c.tag)
        )
        with self._store.read() as connection:
            found = [
                BilledDay(r.account, r.day, r.owner, int(r.micros), r.estimated, r.tag)
                for r in connection.execute(query)
            ]
        return sorted(found, key=lambda r: (r.account, r.day, r.owner, r.tag))


def _row(row: BilledDay) -> dict[str, Any]:
    return {
        "account": row.account,
        "day": row.day,
        "owner": row.owner,
        "tag": row.tag,
        "micros": row.micros,
        "estimated": row.estimated,
    }


def _query_row(query: BillingQuery) -> dict[str, Any]:
    return {
        "account": query.account,
        "day": query.day,
        "at": query.at,
        "state": query.state.value,
        "pages": query.pages,
        "tags": [[tag.key, tag.activation.value] for tag in query.tags],
        "trouble": query.trouble,
    }
