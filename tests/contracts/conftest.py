"""The store in its three forms: in memory, on SQLite, and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.db.database import Database, database
from tests.databases import (  # noqa: F401
    postgres_database,
    postgres_server,
    postgres_url,
    sqlite_template,
    sqlite_url,
)
from tests.fakes.store import FakeStore

Process = Callable[..., Any]


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
def process(request: pytest.FixtureRequest) -> Iterator[Process]:
    """Opens the same fresh store as the process with the given name."""
    if request.param == "fake":
        yield FakeStore().process
        return
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    opened: list[Database] = []

    def open_as(holder: str, *, lease_seconds: float = 30) -> Database:
        opened.append(database(url, holder=holder, lease_seconds=lease_seconds))
        return opened[-1]

    yield open_as
    for one in opened:
        one.dispose()


@pytest.fixture
def store(process: Process) -> Any:
    return process("one")
