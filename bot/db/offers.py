"""Buttons: what is behind an opaque id."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from bot.db.store import Store
from bot.db.tables import offers
from handlers.ports.store import StoredOffer
from handlers.words.message import Offer


class SqlOffers:
    """``handlers.ports.store.Offers``. An offer is spent by the opening transaction (``bot.db.opening``)."""

    def __init__(
        self, store: Store, *, new_id: Callable[[], str] = lambda: secrets.token_urlsafe(16)
    ) -> None:
        self._store = store
        self._new_id = new_id

    def record(self, given: Sequence[Offer], *, generation: int, now: datetime) -> tuple[Offer, ...]:
        named = tuple(replace(offer, id=self._new_id()) for offer in given)
        if named:
            with self._store.step_transaction() as connection:
                connection.execute(insert(offers), [_row(o, generation, now) for o in named])
        return named

    def find(self, offer_id: str) -> StoredOffer | None:
        with self._store.read() as connection:
            return load_offer(connection, offer_id)

    def forget(self, before: datetime) -> int:
        """Drop offers that expired before that; how many there were."""
        with self._store.step_transaction() as connection:
            return connection.execute(delete(offers).where(offers.c.expires_at < before)).rowcount


def load_offer(connection: Connection, offer_id: str) -> StoredOffer | None:
    row = connection.execute(select(offers).where(offers.c.id == offer_id)).one_or_none()
    return None if row is None else _stored(row)


def _row(offer: Offer, generation: int, now: datetime) -> dict[str, Any]:
    return {
        "id": offer.id,
        "label": offer.label,
        "operation": offer.operation,
        "environment": offer.environment,
        "target": offer.target,
        "arguments": dict(offer.arguments),
        "once": offer.once,
        "style": offer.style,
        "confirm": offer.confirm,
        "plan_hash": offer.plan_hash,
        "expires_in": offer.expires_in.total_seconds(),
        "generation": generation,
        "expires_at": now + offer.expires_in,
        "spent_by": "",
    }


def _stored(row: Row[Any]) -> StoredOffer:
    offer = Offer(
        label=row.label,
        operation=row.operation,
        environment=row.environment,
        target=row.target,
        arguments=row.arguments,
        once=row.once,
        style=row.style,
        confirm=row.confirm,
        plan_hash=row.plan_hash,
        expires_in=timedelta(seconds=row.expires_in),
        id=row.id,
    )
    return StoredOffer(offer, row.environment, row.generation, row.expires_at, row.spent_by)
