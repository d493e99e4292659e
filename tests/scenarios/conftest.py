"""One stage per worker and kind: a row runs on one of two kinds in turn, a marked dozen on all four."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.databases import postgres_server  # noqa: F401
from tests.scenarios.stage import KINDS, Stage
from tests.scenarios.stores import PostgresStore, SqliteStore, Store

TURNS = KINDS[:2]
_numbers = count(1)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only(transport): a scenario that one transport alone can have")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the kinds: all for ``everywhere``, the matching one of the two for ``only``, else one of the two
    in turn.

    ``make soak`` (``SOAK=1``) runs every row on every kind.
    """
    if "stage" not in metafunc.fixturenames:
        return
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    only = next(metafunc.definition.iter_markers("only"), None)
    everywhere = "everywhere" in marks or os.environ.get("SOAK") == "1"
    kinds: tuple[str, ...] = KINDS if everywhere else (_turn(metafunc.definition.nodeid),)
    if only is not None:
        among = KINDS if os.environ.get("SOAK") == "1" else TURNS
        kinds = tuple(kind for kind in among if only.args[0] in kind)
    metafunc.parametrize("kind", kinds)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the scenarios by kind, so that a worker starts each stage once."""
    places = [n for n, item in enumerate(items) if _kind(item)]
    ordered = sorted((items[n] for n in places), key=lambda item: KINDS.index(_kind(item)))
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


class Stages:
    """At most one stage at a time, of the kind that was last asked for."""

    def __init__(self, server: Callable[[], Any]) -> None:
        """``server``: returns the PostgreSQL server, which starts when a stage first needs it."""
        self._server = server
        self._ends = ExitStack()
        self._now: Stage | None = None
        self._broken: dict[str, str] = {}

    def of(self, kind: str) -> Stage:
        """Return the stage of a kind. A stage that did not start is not tried again: its tests fail at once,
        with the first error.
        """
        assert kind not in self._broken, self._broken[kind]
        if self._now is None or self._now.kind != kind:
            self.end()
            try:
                self._now = self._start(kind)
            except AssertionError as broken:
                self._broken[kind] = str(broken)
                raise
        return self._now

    def end(self) -> None:
        self._now = None
        self._ends.close()

    def _start(self, kind: str) -> Stage:
        folder = Path(self._ends.enter_context(tempfile.TemporaryDirectory(prefix="lamplighter-stage-")))
        stage = Stage(kind, folder, self._store(kind, folder))
        self._ends.callback(stage.end)
        return stage

    def _store(self, kind: str, folder: Path) -> Store:
        if not kind.endswith("postgresql"):
            return SqliteStore(folder)
        postgres = PostgresStore(self._server(), f"stage_{next(_numbers)}")
        self._ends.callback(postgres.drop)
        return postgres


@pytest.fixture(scope="session")
def stages(request: pytest.FixtureRequest) -> Iterator[Stages]:
    found = Stages(lambda: request.getfixturevalue("postgres_server"))
    yield found
    found.end()


@pytest.fixture
def stage(stages: Stages, kind: str) -> Stage:
    """The stage that this test runs on, with nothing left from earlier tests."""
    stage = stages.of(kind)
    stage.begin()
    return stage


def _turn(nodeid: str) -> str:
    return TURNS[zlib.crc32(nodeid.encode()) % len(TURNS)]


def _kind(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    kind = callspec.params.get("kind", "") if callspec is not None else ""
    return kind if kind in KINDS else ""
