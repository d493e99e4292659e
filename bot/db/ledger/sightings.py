"""How each environment was last seen."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, or_, select

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
        never = sightings.c.at.is_(None)
        older = or_(never, sightings.c.at <= sighting.at) if sighting.at else never
        with self._store.step_transaction() as connection:
            put(connection, sightings, [row], replacing=older)

    def count(self) -> int:
        """Return how many environments were ever seen. Homes ask each second, so no body is read."""
        with self._store.read() as connection:
            seen = select(func.count()).select_from(sightings).where(sightings.c.at.is_not(None))
            return int(connection.execute(seen).scalar_one())

    def all(self) -> Mapping[str, Sighting]:
        with self._store.read() as connection:
            found = {r.environment: r.body for r in connection.execute(select(sightings))}
        return {name: decode(Sighting, found[name]) for name in sorted(found)}
