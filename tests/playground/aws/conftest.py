"""One started world for this folder, because moto's state belongs to the process. Each test creates its own
environment.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from playground.aws.world import World
from playground.faults import Faults
from tests.playground.aws.stage import Stage
from tests.still_clock import StillClock

NUMBERS = itertools.count(1)


@pytest.fixture(scope="package")
def running() -> Iterator[Stage]:
    """Yield the world, in which time passes only when a test lets it."""
    clock, faults = StillClock(), Faults()
    rows: list[dict[str, object]] = []
    world = World(clock, faults, traffic=rows.append)
    url = world.start()
    yield Stage(world, clock, faults, rows, url)
    world.stop()


@pytest.fixture
def stage(running: Stage) -> Iterator[Stage]:
    """Yield the world without leftover faults, with a fresh cluster name in ``stage.cluster``."""
    running.faults.clear()
    running.rows.clear()
    running.cluster = f"env-{next(NUMBERS)}-x"
    yield running
    running.faults.clear()
    running.remove()
