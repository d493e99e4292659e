"""A world with staging, qa-eu and production in it, and one process of the bot."""

from __future__ import annotations

import pytest

from tests.handlers.stage import Stage
from tests.handlers.world import World


@pytest.fixture
def world() -> World:
    return World().catalogue()


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)
