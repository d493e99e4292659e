"""The simulated AWS of a module of contracts, which is started once, and only if a test needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.bot.aws.stage import Stage, staged


@pytest.fixture(scope="module")
def stage_once() -> Iterator[Callable[[], Stage]]:
    """Starts the world for the first test that needs it, and stops it with the module."""
    made: list[Any] = []

    def give() -> Stage:
        if not made:
            context = staged()
            made.extend((context, context.__enter__()))
        stage: Stage = made[1]
        stage.faults.clear()
        stage.world.change({"do": "role.allow", "role": "lamplighter-staging"})
        return stage

    yield give
    if made:
        made[0].__exit__(None, None, None)
