"""Random lives of a clock on real databases, as ``tests/handlers/clock`` has them on the fake store."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.bot.db.real_store import RealStore
from tests.databases import BACKENDS, emptied
from tests.handlers.clock.life import Life
from tests.soaking import often

FEW = settings(
    max_examples=often(2, 10), stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
"""Few examples, because a database is far slower than the fake. The contracts find what differs between them.
"""


@pytest.fixture
def empty_stores(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> Iterator[Callable[[], RealStore]]:
    """Makes a store on an empty database of that kind, for one life after the other."""
    made: list[RealStore] = []

    def fresh() -> RealStore:
        while made:
            made.pop().dispose()
        if request.param == "sqlite":
            url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'life.db')}"
        else:
            url = emptied(request.getfixturevalue("postgres_database"))
        made.append(RealStore(url))
        return made[-1]

    yield fresh
    while made:
        made.pop().dispose()


@pytest.mark.parametrize("empty_stores", BACKENDS, indirect=True)
def test_a_random_life_of_the_clock_works_on_a_real_database(empty_stores: Callable[[], RealStore]) -> None:
    class OnDatabase(Life):
        rest = timedelta(days=2)
        pace = timedelta(minutes=30)

        def __init__(self) -> None:
            super().__init__(empty_stores())

    run_state_machine_as_test(OnDatabase, settings=FEW)
