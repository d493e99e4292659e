"""Bringing the schema up to date, and telling how old it is. Any number of replicas may migrate at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.db.engine import WRITES, engine, parse, sqlite_path
from bot.db.store import translated
from bot.db.tables import metadata

SchemaState = Literal["current", "older", "newer", "empty"]

_LOCK = 0x6C616D70
"""The advisory lock on PostgreSQL: "lamp" in ASCII."""

PATIENCE = 60.0
"""Seconds to wait for another replica that is migrating."""


def migrate(url: str, *, to: str = "head") -> None:
    """Upgrade to ``to`` under a lock, in one transaction. ``StoreLost`` if the database does not answer."""
    with _locked(url) as connection:
        command.upgrade(_config(connection), to)


def downgrade(url: str, to: str) -> None:
    """Back to an older version (``base``: to nothing). What only the newer one stored is lost."""
    with _locked(url) as connection:
        command.downgrade(_config(connection), to)


def schema_state(url: str) -> SchemaState:
    """How the schema stands to this release. *Newer*: a version this release does not know."""
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite" and not sqlite_path(parsed).exists():
        return "empty"
    with _reading(url) as connection:
        found = schema_version(connection)
        if found is None:
            return "empty" if not inspect(connection).get_table_names() else "older"
    scripts = ScriptDirectory.from_config(_config(None))
    if found == scripts.get_current_head():
        return "current"
    return "older" if found in {s.revision for s in scripts.walk_revisions()} else "newer"


def schema_version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def newest_version() -> str:
    return str(ScriptDirectory.from_config(_config(None)).get_current_head())


def drift(url: str) -> list[Any]:
    """What Alembic sees between the migrated schema and the tables; empty when they agree. It does not see
    triggers, nor the predicate of a partial index."""
    with _reading(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")).replace("%", "%%"))
    config.attributes.update(connection=connection, metadata=metadata)
    return config


@contextmanager
def _locked(url: str) -> Iterator[Connection]:
    made = engine(url, create=True, patience=PATIENCE)
    try:
        with translated(), made.connect() as connection:
            connection.execution_options(**{WRITES: True})
            with connection.begin():
                if made.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                yield connection
    finally:
        made.dispose()


@contextmanager
def _reading(url: str) -> Iterator[Connection]:
    made = engine(url)
    try:
        with translated(), made.connect() as connection:
            yield connection
    finally:
        made.dispose()
