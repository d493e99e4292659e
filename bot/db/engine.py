"""Engines for SQLite and PostgreSQL, set so that a dead database is an answer and not a hang."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError

PATIENCE = 5.0
"""Seconds to wait for a lock, a statement or a free connection before the database counts as lost."""

WRITES = "lamplighter_writes"
"""Execution option of a connection whose next transaction takes SQLite's write lock at its beginning."""

SWITCH_TRIES, SWITCH_PAUSE = 50, 0.02
"""A second in all: a file is switched once in its life, in milliseconds."""

BESIDE = ("-wal", "-shm")
OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""Whatever a group and the others may do."""

_POOL: dict[str, Any] = {"pool_size": 5, "max_overflow": 15}


def engine(url: str, *, create: bool = False, patience: float = PATIENCE) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql://…`` (also ``postgres://``). Connects to nothing
    yet. With ``create`` a missing SQLite file is made, and an existing one is made readable by its owner
    alone (only migrating does that). Raises ``ValueError`` on another kind of database, or on SQLite in
    memory."""
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(sqlite_path(parsed), create=create, patience=patience)
    return _postgresql(parsed, patience)


def parse(url: str) -> URL:
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "postgres" | "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return parsed
        case "sqlite":
            raise ValueError("SQLite needs a file: sqlite:////path/to/lamplighter.db")
        case other:
            raise ValueError(f"{other!r} is not a database Lamplighter knows: sqlite or postgresql")


def sqlite_path(parsed: URL) -> Path:
    return Path(parsed.database or "").absolute()


def _sqlite(path: Path, *, create: bool, patience: float) -> Engine:
    address = f"file:{quote(str(path))}?mode={'rwc' if create else 'rw'}"

    def connect() -> sqlite3.Connection:
        if create:
            _for_its_owner_alone(path)
        connection = sqlite3.connect(
            address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False
        )
        try:
            return _prepared(connection)
        except BaseException:
            connection.close()
            raise

    made = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_timeout=patience, **_POOL)
    event.listen(made, "begin", _begin)
    _watch_file(made, path)
    return made


def _for_its_owner_alone(path: Path) -> None:
    """SQLite gives the files beside it (``-wal``, ``-shm``) this file's mode. SQLite itself says best what
    cannot be made or changed."""
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    for each in (path, *(path.with_name(path.name + end) for end in BESIDE)):
        with contextlib.suppress(OSError):
            if each.stat().st_mode & OTHERS:
                each.chmod(0o600)


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")
    _into_wal(connection)
    return connection


def _into_wal(connection: sqlite3.Connection) -> None:
    """The switch does not wait for a lock as everything else does, so another process that switches at the
    same moment is waited for here."""
    for _ in range(SWITCH_TRIES):
        if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
            return
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            time.sleep(SWITCH_PAUSE)
    connection.execute("PRAGMA journal_mode=WAL")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _watch_file(made: Engine, path: Path) -> None:
    """A connection to a file that was moved or deleted would go on writing to nowhere; it is given up."""

    def identity() -> tuple[int, int] | None:
        try:
            found = path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def connected(_: Any, record: Any) -> None:
        record.info["file"] = identity()

    def checked_out(_: Any, record: Any, __: Any) -> None:
        if record.info.get("file") != identity():
            raise DisconnectionError("the database file is not the one that was opened")

    event.listen(made, "connect", connected)
    event.listen(made, "checkout", checked_out)


def _postgresql(parsed: URL, patience: float) -> Engine:
    arguments = {
        "connect_timeout": max(2, int(patience) - 2),
        "tcp_user_timeout": int(patience * 1000),
        "keepalives_idle": 10,
        "application_name": "lamplighter",
    }
    given = {name: value for name, value in arguments.items() if name not in parsed.query}
    made = create_engine(parsed, connect_args=given, pool_pre_ping=True, pool_timeout=patience, **_POOL)
    milliseconds = int(patience * 1000)

    def bound(connection: Any, _: Any) -> None:
        """After connecting, not as a start-up option, which connection poolers refuse."""
        for name in ("statement_timeout", "lock_timeout"):
            connection.execute(f"SET {name} = {milliseconds}")
        connection.execute(f"SET idle_in_transaction_session_timeout = {2 * milliseconds}")
        connection.commit()

    event.listen(made, "connect", bound)
    return made
