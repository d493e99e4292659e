"""Can this database serve: is it read, written and what it claims to be? Asked by health checks."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import delete, insert, select

from bot.db.catalog import SqlCatalog
from bot.db.store import Store
from bot.db.tables import leases, metadata
from bot.db.tables.types import database_now
from handlers.words.errors import StoreLost

PROBE = 1.5
"""Seconds that a health check waits for a lock, a statement or a connection. Whoever asks gives up
after a few seconds (an ALB, and a health check of ECS, after 5 unless told otherwise) and hears no reason.
"""
LOCKED = "The database is locked: something else holds it and does not let go."
FULL = "There is no room left for the database."
DAMAGED = "The database file is damaged or is none: stop, and restore a backup."
UNWRITTEN = "The database can be read but not written."
INCOMPLETE = "The database lacks tables or columns of this release, or they may not be read."
_WORDS: Mapping[str, str] = {
    "SQLITE_BUSY": LOCKED,
    "SQLITE_LOCKED": LOCKED,
    "SQLITE_FULL": FULL,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_READONLY": UNWRITTEN,
    "SQLITE_PERM": UNWRITTEN,
    "SQLITE_IOERR": UNWRITTEN,
    "SQLITE_ERROR": INCOMPLETE,  # no such table, no such column
    "55P03": LOCKED,  # lock_not_available
    "57014": LOCKED,  # query_canceled, by our own time limits
    "53100": FULL,  # disk_full
    "42P01": INCOMPLETE,  # undefined_table
    "42703": INCOMPLETE,  # undefined_column
    "25006": UNWRITTEN,  # read_only_sql_transaction
    "42501": UNWRITTEN,  # insufficient_privilege
}
"""By SQLite's error without its extension, and by PostgreSQL's SQLSTATE."""


class Readiness:
    """``store`` is the check's own, with ``PROBE`` for its patience. Were it the store of everybody else, the
    check would wait behind this process's own writers, who wait for the same lock, and would say that the
    database is busy when it is locked. ``path``: SQLite's file, which is also opened anew each time, as open
    connections go on from memory when it is overwritten. ``name`` is this process's, so that replicas do not
    wait for one another."""

    def __init__(self, store: Store, *, path: Path | None, name: str) -> None:
        self._store, self._path, self._name = store, path, name

    def trouble(self) -> str:
        """An empty text, or why the database cannot serve. It takes no longer than ``PROBE`` for what it
        waits for."""
        try:
            if self._path is not None and not _is_database(self._path):
                return DAMAGED
            SqlCatalog(self._store).read()
            self._look_at_tables()
            self._write()
        except StoreLost as lost:
            return _words(lost)
        return ""

    def dispose(self) -> None:
        """Close the check's own connection; only when nothing asks any more."""
        self._store.engine.dispose()

    def _look_at_tables(self) -> None:
        """Each with all its columns; no row of it is read."""
        with self._store.read() as connection:
            for table in metadata.sorted_tables:
                connection.execute(select(table).limit(0))

    def _write(self) -> None:
        """A row that comes and goes in one transaction: its commit is written like any other."""
        row = {"name": f"ready/{self._name}", "holder": self._name, "held_until": database_now()}
        with self._store.gate_transaction() as connection:
            connection.execute(insert(leases).values(**row))
            connection.execute(delete(leases).where(leases.c.name == row["name"]))


def _is_database(path: Path) -> bool:
    """Whether the file itself begins as a database, whatever the log beside it holds. ``immutable`` takes
    no lock, and SQLite itself opens the file: if anybody else in this process closed it, SQLite would lose
    its own locks."""
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
        try:
            (version,) = connection.execute("PRAGMA schema_version").fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return False
    return bool(version)


def _words(lost: StoreLost) -> str:
    original = getattr(lost.__cause__, "orig", None)
    name = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None) or ""
    known = [said for code, said in _WORDS.items() if name == code or name.startswith(f"{code}_")]
    return known[0] if known else lost.sentence
