"""The database under a stage: where it is, and how it fails and comes back without the bot's help."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import psycopg

from bot.db.database import Database, database
from handlers.ports.store import AuditQuery
from policies.record.evidence import Entry


class Store(Protocol):
    url: str

    def go_down(self) -> None: ...

    def come_back(self) -> None: ...


class SqliteStore:
    """A file. It goes down by being moved away, as an unmounted volume would be."""

    def __init__(self, folder: Path) -> None:
        self._path, self._away = folder / "lamplighter.db", folder / "lamplighter.db.away"
        self.url = f"sqlite:///{self._path}"

    def go_down(self) -> None:
        self._path.rename(self._away)

    def come_back(self) -> None:
        if self._away.exists():
            self._away.rename(self._path)


class PostgresStore:
    """A database in a real server. It goes down by refusing new connections and ending the others."""

    def __init__(self, server: Any, name: str) -> None:
        self._server, self._name = server, name
        self._order(f"CREATE DATABASE {name}")
        self.url = str(server.get_uri(database=name))

    def go_down(self) -> None:
        self._order(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS false")
        self._order(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'")

    def come_back(self) -> None:
        self._order(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS true")

    def drop(self) -> None:
        self._order(f"DROP DATABASE {self._name} WITH (FORCE)")

    def _order(self, statement: str) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)


class Evidence:
    """The audit log, read directly from the database. ``mark`` hides the entries written so far."""

    def __init__(self, url: str) -> None:
        self._db: Database = database(url, holder="the tests, which hold nothing", lease_seconds=60.0)
        self._mark = 0

    def mark(self) -> None:
        newest = self._db.audit.entries(AuditQuery(limit=1))
        self._mark = newest[0].seq if newest else 0

    def entries(self, *, environment: str = "", actor: str = "") -> list[Entry]:
        """Return the entries since the mark, the oldest first; only of one environment or actor if named."""
        query = AuditQuery(environments=(environment,) if environment else (), actor=actor, limit=1_000)
        found: Sequence[Any] = self._db.audit.entries(query)
        return [recorded.entry for recorded in reversed(found) if recorded.seq > self._mark]

    def faults(self) -> tuple[str, ...]:
        """Return what ``verify`` finds wrong with the whole chain."""
        return tuple(str(fault) for fault in self._db.audit.verify().faults)

    def close(self) -> None:
        self._db.dispose()
