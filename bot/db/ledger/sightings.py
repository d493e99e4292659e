"""How each environment was last seen."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_, select

from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import sightings
from handlers.words.codec import decode, encode
from policies.cost.sightings import Sighting


class SqlSightings:
    """``handlers.ports.ledger.Sightings``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, sighting: Sighting) -> None:
        row = {
            "environment": sighting.environment,
            "at": sighting.at,
            "body": encode(sighting),
        }
        older = or_(sightings.c.at.is_(None), sightings.c.at <= sighting.at) if sighting.at else None
        with self._store.step_transaction() as connection:
            put(
                connection,
                sightings,
                [row],
                replacing=older if older is not None else sightings.c.at.is_(None),
            )

    def all(self) -> Mapping[str, Sighting]:
        query = select(sightings).order_by(sightings.c.environment)
        with self._store.read() as connection:
            return {row.environment: decode(Sighting, row.body) for row in connection.execute(query)}
