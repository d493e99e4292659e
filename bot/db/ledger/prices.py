"""Prices as they were read, with their day."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import prices
from policies.cost.prices import Price, PriceSource


class SqlPrices:
    """``handlers.ports.ledger.PriceBook``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> Sequence[Price]:
        with self._store.read() as connection:
            found = [
                Price(r.region, r.item, Decimal(r.usd), r.as_of, PriceSource(r.source), r.per)
                for r in connection.execute(select(prices))
            ]
        return sorted(found, key=lambda price: (price.region, price.item, price.as_of))

    def put(self, given: Sequence[Price]) -> None:
        rows = [
            {
                "region": price.region,
                "item": price.item,
                "as_of": price.as_of,
                "usd": str(price.usd),
                "per": price.per,
                "source": price.source.value,
            }
            for price in given
        ]
        with self._store.step_transaction() as connection:
            put(connection, prices, rows)
