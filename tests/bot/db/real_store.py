"""A real database where a test's world expects its fake store. The test moves the database's time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import select, update

from bot.db.database import Database, database
from bot.db.tables import leases, operations
from handlers.ports.store import AuditQuery, OperationRecord, RecordedEntry
from policies.schedule.claims import Claim, ClaimKey

EVER = datetime(2000, 1, 1, tzinfo=UTC)


def pass_time(db: Database, seconds: float) -> None:
    """Let the database's clock advance: every lease ends so much sooner."""
    with db.store.engine.begin() as connection:
        for table in (leases, operations):
            connection.execute(update(table).values(held_until=table.c.held_until - seconds))


class RealStore:
    """The same as ``tests.fakes.store.FakeStore``, for one process."""

    def __init__(self, url: str, *, holder: str = "one", lease_seconds: float = 30) -> None:
        self._url = url
        self._db = database(url, holder=holder, lease_seconds=lease_seconds)
        self.catalog, self.operations, self.records = self._db.catalog, self._db.operations, self._db.records
        self.audit, self.offers, self.messages = self._db.audit, self._db.offers, self._db.messages
        self.leases, self.book = self._db.leases, self._db.book
        self.memory = Rows(self._db)
        self._others: list[RealStore] = []

    def process(self, holder: str, *, lease_seconds: float = 30) -> RealStore:
        self._others.append(RealStore(self._url, holder=holder, lease_seconds=lease_seconds))
        return self._others[-1]

    def pass_time(self, seconds: float) -> None:
        pass_time(self._db, seconds)

    def dispose(self) -> None:
        for store in self._others:
            store.dispose()
        self._db.dispose()


class Rows:
    """What a test looks at behind the ports."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @property
    def operations(self) -> Mapping[str, OperationRecord]:
        with self._db.store.engine.connect() as connection:
            ids = connection.scalars(select(operations.c.id).order_by(operations.c.opened_at)).all()
        return {id_: found for id_ in ids if (found := self._db.records.find(id_))}

    @property
    def claims(self) -> Mapping[ClaimKey, Claim]:
        return {c.key: c for found in self._db.book.claims.since(EVER).values() for c in found}

    @property
    def entries(self) -> list[RecordedEntry]:
        """All entries, oldest first."""
        return list(reversed(list(self._db.audit.entries(AuditQuery(limit=10_000)))))
