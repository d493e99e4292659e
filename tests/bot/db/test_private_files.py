"""SQLite's files and backups are private to their owner, whatever the umask is."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.db.backup import backup, restore
from bot.db.database import database
from bot.db.engine import parse, sqlite_path
from bot.db.migrate import migrate


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir() if path.is_file()}


def in_use(url: str) -> dict[str, str]:
    """The files' modes while somebody writes."""
    db = database(url, holder="one", lease_seconds=60)
    try:
        db.leases.hold("x", 60)
        return modes(sqlite_path(parse(url)).parent)
    finally:
        db.dispose()


def test_a_new_database_and_the_files_next_to_it_are_private(empty_sqlite_url: str) -> None:
    migrate(empty_sqlite_url)
    name = sqlite_path(parse(empty_sqlite_url)).name
    assert in_use(empty_sqlite_url) == dict.fromkeys((name, f"{name}-wal", f"{name}-shm"), "0o600")


def test_migrating_closes_an_older_releases_database_to_others(empty_sqlite_url: str) -> None:
    migrate(empty_sqlite_url)
    file = sqlite_path(parse(empty_sqlite_url))
    file.chmod(0o644)
    open_still = database(empty_sqlite_url, holder="one", lease_seconds=60)
    open_still.leases.hold("x", 60)
    assert set(modes(file.parent).values()) == {"0o644"}
    migrate(empty_sqlite_url)
    assert set(modes(file.parent).values()) == {"0o600"}
    open_still.dispose()


def test_backups_and_restored_databases_are_private(empty_sqlite_url: str, tmp_path: Path) -> None:
    migrate(empty_sqlite_url)
    (tmp_path / "kept").mkdir()
    (tmp_path / "again").mkdir()
    copy, again = tmp_path / "kept" / "backup.zip", f"sqlite:///{tmp_path}/again/lamplighter.db"
    backup(empty_sqlite_url, copy, now=datetime(2031, 5, 1, tzinfo=UTC))
    restore(copy, again)
    assert modes(copy.parent) == {"backup.zip": "0o600"}
    assert set(in_use(again).values()) == {"0o600"}
