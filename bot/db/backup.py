"""One portable backup for both databases: a zip of JSON Lines, one file per table, of one snapshot.

It moves between SQLite and PostgreSQL too. What it deliberately leaves out: leases, which belong to running
processes. The audit chain is verified before a restore is committed.
"""

from __future__ import annotations

import base64
import io
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Table, delete, func, insert, select

from bot.db.engine import engine
from bot.db.migrate import PATIENCE, migrate, newest_version, schema_state, schema_version
from bot.db.store import Store, unbound
from bot.db.tables import audit_head, leases, metadata
from bot.db.verification import Verification, verify_chain

FORMAT = "lamplighter backup 1"
_ABOUT = "about.json"
_BATCH = 500


class Unfit(Exception):
    """The backup cannot be taken or restored like this; the sentence says why. Nothing was changed."""


def backup(url: str, path: Path, *, now: datetime) -> dict[str, int]:
    """Write everything to ``path``, which must not exist yet and only its owner may read. Returns the rows
    of each table."""
    if path.exists():
        raise Unfit(f"{path} exists already")
    part = path.with_name(path.name + ".part")
    try:
        with _store(url) as store, store.read() as connection, _private(part) as file:
            counts = _dump(connection, file, now)
        part.replace(path)
        return counts
    finally:
        part.unlink(missing_ok=True)


def restore(path: Path, url: str, *, key: bytes = b"") -> Verification:
    """Restore a backup into an empty database; if it has no schema, one is made. All of it or nothing.
    Raises ``Unfit`` if the versions differ, if the database is not empty, or if the chain does not verify
    with ``key``."""
    if not zipfile.is_zipfile(path):
        raise Unfit(f"{path} is not a backup")
    with zipfile.ZipFile(path) as archive:
        about = json.loads(archive.read(_ABOUT)) if _ABOUT in archive.namelist() else {}
        if about.get("format") != FORMAT or about.get("schema") != newest_version():
            raise Unfit(
                f"the backup is of another version ({about.get('format')}, schema {about.get('schema')})"
            )
        if schema_state(url) == "empty":
            migrate(url)
        with _store(url) as store, store.gate_transaction() as connection:
            unbound(connection)
            _refuse_used(connection, about["schema"])
            for table in _tables():
                _load(connection, archive, table)
            found = verify_chain(connection, key=key, head=(about["head"][0], about["head"][1]))
            if not found.clean:
                raise Unfit(f"the audit chain of the backup does not verify: {found.faults[0]}")
    return found


def _tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if table is not leases]


@contextmanager
def _store(url: str) -> Iterator[Store]:
    made = engine(url)
    try:
        yield Store(made, patience=PATIENCE)
    finally:
        made.dispose()


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _dump(connection: Connection, file: IO[bytes], now: datetime) -> dict[str, int]:
    unbound(connection)
    seq, digest = connection.execute(select(audit_head.c.seq, audit_head.c.hash)).one()
    about = {
        "format": FORMAT,
        "schema": schema_version(connection),
        "at": now.astimezone(UTC).isoformat(),
        "head": [seq, digest],
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_ABOUT, json.dumps(about))
        return {table.name: _dump_table(connection, archive, table) for table in _tables()}


def _dump_table(connection: Connection, archive: zipfile.ZipFile, table: Table) -> int:
    count = 0
    rows = connection.execution_options(yield_per=_BATCH).execute(select(table)).mappings()
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as lines:
        for row in rows:
            line = {name: _written(value) for name, value in row.items()}
            lines.write(json.dumps(line).encode() + b"\n")
            count += 1
    return count


def _refuse_used(connection: Connection, schema: str) -> None:
    if schema_version(connection) != schema:
        raise Unfit("the database has another schema version than the backup")
    for table in _tables():
        rows = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if rows and not (
            table is audit_head and connection.execute(select(audit_head.c.seq)).scalars().all() == [0]
        ):
            raise Unfit(f"the database is not empty: there are rows in {table.name}")


def _load(connection: Connection, archive: zipfile.ZipFile, table: Table) -> None:
    if table is audit_head:
        connection.execute(delete(audit_head))
    with archive.open(f"{table.name}.jsonl") as lines:
        rows = (_row(line) for line in io.TextIOWrapper(lines, encoding="utf-8"))
        while batch := list(islice(rows, _BATCH)):
            connection.execute(insert(table), batch)


def _row(line: str) -> dict[str, Any]:
    return {name: _read(value) for name, value in json.loads(line).items()}


def _written(value: Any) -> Any:
    """A value with its kind, where JSON has no such kind. A JSON column's own value is under ``json``."""
    match value:
        case datetime():
            return {"instant": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case bytes():
            return {"bytes": base64.b64encode(value).decode()}
        case dict() | list():
            return {"json": value}
        case _:
            return value


def _read(value: Any) -> Any:
    match value:
        case {"instant": str(instant)}:
            return datetime.fromisoformat(instant)
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case {"bytes": str(data)}:
            return base64.b64decode(data)
        case {"json": inner}:
            return inner
        case _:
            return value
