"""A stage for one test alone: for tests that leave it changed, for example by moving the clock."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.pool import SIZE
from tests.scenarios.stage import Stage
from tests.scenarios.stores import PostgresStore, SqliteStore, Store

_numbers = count(1)


@contextmanager
def alone(
    request: pytest.FixtureRequest, *, size: int = SIZE, settings: Sequence[str] = ()
) -> Iterator[Stage]:
    """Run a stage. ``request.param`` is one of ``KINDS``; the other arguments are those of a ``Stage``."""
    with tempfile.TemporaryDirectory(prefix="lamplighter-alone-") as name:
        store: Store = SqliteStore(Path(name))
        if request.param.endswith("postgresql"):
            server: Any = request.getfixturevalue("postgres_server")
            store = PostgresStore(server, f"alone_{next(_numbers)}")
        stage = Stage(request.param, Path(name), store, size=size, settings=settings)
        try:
            stage.begin()
            yield stage
        finally:
            stage.end()
            if isinstance(store, PostgresStore):
                store.drop()
