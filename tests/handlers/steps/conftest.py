"""A scope on staging, as one person has it at one moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handlers.ports.scope import Scope
from tests.handlers.world import DEV, STAGING, World

Place = Callable[[], Scope]


@pytest.fixture
def place(world: World) -> Place:
    """Return a function that binds a new scope at the moment it is called."""
    return lambda: world.scopes.bind(STAGING, DEV, operation_id="op-1")
