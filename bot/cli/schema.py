"""Does the database fit this release? Every command that reads or writes a database asks first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.bootstrap import open_database
from bot.cli.output import fail
from bot.db import migrate as schema
from bot.db.database import Database
from bot.settings import Settings

TODO = {
    "empty": "The database has no tables yet: run `lamplighter migrate`.",
    "older": "The database is older than this release: run `lamplighter migrate`.",
    "newer": "The database was migrated by a newer release: run that one, or restore a backup of this one.",
}


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """Open this release's database for the length of one command, or end with a sentence."""
    require_current(settings)
    db = open_database(settings)
    try:
        yield db
    finally:
        db.dispose()


def require_current(settings: Settings) -> None:
    """End with a sentence unless the schema is this release's. Raise ``StoreLost`` if the database does not
    answer.
    """
    require_folder(settings)
    state = schema.schema_state(settings.database_url)
    if state != "current":
        fail(TODO[state])


def require_folder(settings: Settings) -> None:
    """End with a sentence if the folder of SQLite's file does not exist."""
    file = sqlite_file(settings)
    if file is not None and not file.parent.is_dir():
        fail(f"There is no folder {file.parent}: make it, or correct LAMPLIGHTER_DATABASE_URL.")


def sqlite_file(settings: Settings) -> Path | None:
    """Where SQLite's file is or will be; ``None`` for PostgreSQL."""
    if not settings.database_url.startswith("sqlite:"):
        return None
    return Path(settings.database_url.split("///", 1)[-1].partition("?")[0]).absolute()
