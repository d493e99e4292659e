"""Whether a database can serve, asked of real ones: locked, full, garbage, gone, read only."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import event, text

from bot.db.database import Database, database
from bot.db.engine import WRITES, engine, parse, sqlite_path
from bot.db.migrate import migrate
from bot.db.readiness import DAMAGED, FULL, INCOMPLETE, LOCKED, UNWRITTEN, Readiness
from bot.db.tables import leases
from tests.waiting import PATIENCE


class Opened(Protocol):
    def __call__(self, url: str, patience: float = 2.0) -> Database: ...


@pytest.fixture
def opened() -> Iterator[Opened]:
    made: list[Database] = []

    def open_(url: str, patience: float = 2.0) -> Database:
        made.append(database(url, holder="one", lease_seconds=60, patience=patience))
        return made[-1]

    yield open_
    for db in made:
        db.dispose()


def file(url: str) -> Path:
    return sqlite_path(parse(url))


def test_a_sound_database_is_ready_and_the_check_leaves_no_trace(database_url: str, opened: Opened) -> None:
    db = opened(database_url)
    assert [db.readiness.trouble() for _ in range(3)] == [""] * 3
    with db.store.read() as connection:
        assert connection.execute(leases.select()).all() == []


def test_a_database_that_another_process_holds_is_locked(database_url: str, opened: Opened) -> None:
    """Reading alone would not show the lock, because a writer does not block readers."""
    db, other = opened(database_url), engine(database_url)
    with other.connect() as connection:
        connection.execution_options(**{WRITES: True})
        with connection.begin():
            connection.execute(text("UPDATE audit_head SET seq = seq"))
            assert db.readiness.trouble() == LOCKED
    other.dispose()
    assert db.readiness.trouble() == ""


def test_a_lock_is_told_while_the_writers_of_this_process_wait_for_it_too(
    database_url: str, opened: Opened
) -> None:
    """They queue for as long as their own patience lasts; a health check must not queue behind them."""
    db, other = opened(database_url, patience=PATIENCE), engine(database_url, patience=PATIENCE)
    with ThreadPoolExecutor() as pool, other.connect() as connection:
        connection.execution_options(**{WRITES: True})
        with connection.begin():
            connection.execute(text("UPDATE audit_head SET seq = seq"))
            waiting = [pool.submit(touch, db) for _ in range(2)]
            assert db.readiness.trouble() == LOCKED
            assert not any(each.done() for each in waiting)
    other.dispose()
    assert [each.result() for each in waiting] == [None, None]


def touch(db: Database) -> None:
    with db.store.gate_transaction() as connection:
        connection.execute(text("UPDATE audit_head SET seq = seq"))


@pytest.mark.parametrize(
    "change",
    ["TABLE offers RENAME TO gone", "TABLE messages RENAME COLUMN channel TO gone"],
    ids=["table", "column"],
)
def test_a_database_that_lacks_something_of_this_release_is_not_ready(
    empty_database_url: str, opened: Opened, change: str
) -> None:
    migrate(empty_database_url)
    db, other = opened(empty_database_url), engine(empty_database_url)
    with other.begin() as connection:
        connection.execute(text(f"ALTER {change}"))
    assert db.readiness.trouble() == INCOMPLETE
    other.dispose()


def test_an_overwritten_file_is_damaged_for_open_connections_too(sqlite_url: str, opened: Opened) -> None:
    """The open connection must notice too, although its pages are in memory and in the log next to the
    file.
    """
    db = opened(sqlite_url)
    assert db.readiness.trouble() == ""
    file(sqlite_url).write_bytes(b"garbage " * 10_000)
    assert db.readiness.trouble() == DAMAGED


@pytest.mark.parametrize("left", [b"", b"SQLite format 3\0" + b"\0" * 84, b"SQLite format 3\0 and no more"])
def test_a_file_that_is_cut_off_is_damaged(sqlite_url: str, opened: Opened, left: bytes) -> None:
    db = opened(sqlite_url)
    assert db.readiness.trouble() == ""
    file(sqlite_url).write_bytes(left)
    assert db.readiness.trouble() == DAMAGED


def test_a_missing_file_is_not_made_again(sqlite_url: str, opened: Opened) -> None:
    db = opened(sqlite_url)
    file(sqlite_url).unlink()
    assert db.readiness.trouble() == DAMAGED
    assert not file(sqlite_url).exists()


def test_a_disk_without_room_is_reported(sqlite_url: str, opened: Opened) -> None:
    db = opened(sqlite_url)
    assert db.readiness.trouble() == ""
    log = file(sqlite_url).with_name(file(sqlite_url).name + "-wal")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (log.stat().st_size, before[1])
    )  # no file may grow beyond this size
    try:
        assert db.readiness.trouble() in (FULL, UNWRITTEN)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert db.readiness.trouble() == ""


def test_a_database_that_may_not_grow_is_full(sqlite_url: str, opened: Opened) -> None:
    """SQLite's own error for a disk without room is provoked by a row that needs more pages."""
    store = opened(sqlite_url).store
    event.listen(store.engine, "connect", lambda made, _: made.execute("PRAGMA max_page_count=1"))
    assert Readiness(store, path=file(sqlite_url), name="x" * 50_000).trouble() == FULL


def test_a_missing_server_is_reported() -> None:
    db = database("postgresql://nobody@127.0.0.1:1/none", holder="one", lease_seconds=60, patience=2.0)
    assert db.readiness.trouble()
    db.dispose()
