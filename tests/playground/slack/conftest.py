"""Playgrounds for the tests of this folder; each test has its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.playground.slack.rig import Rig, running


@pytest.fixture(params=["http", "socket"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """Yield the same rig over both transports."""
    with running(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def http_rig(tmp_path: Path) -> Iterator[Rig]:
    with running("http", tmp_path) as made:
        yield made


@pytest.fixture
def socket_rig(tmp_path: Path) -> Iterator[Rig]:
    with running("socket", tmp_path) as made:
        yield made
