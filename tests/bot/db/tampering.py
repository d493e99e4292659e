"""Changes a database past its triggers, as its owner could."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from bot.db.engine import engine


def run(url: str, *statements: str) -> None:
    """Run the statements in one transaction, with the triggers in force."""
    with _connected(url) as connection:
        for statement in statements:
            connection.execute(text(statement))


def tamper(url: str, *statements: str) -> None:
    """Run the statements in one transaction, without the triggers."""
    if url.startswith("sqlite"):
        triggers = scalars(url, "SELECT name FROM sqlite_master WHERE type = 'trigger'")
        run(url, *(f"DROP TRIGGER {name}" for name in triggers), *statements)
    else:
        run(url, "SET LOCAL session_replication_role = replica", *statements)


def scalars(url: str, statement: str) -> list[Any]:
    with _connected(url) as connection:
        return list(connection.execute(text(statement)).scalars())


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    made = engine(url)
    try:
        with made.begin() as connection:
            yield connection
    finally:
        made.dispose()
