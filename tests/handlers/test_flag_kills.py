"""kill -9 before and after every call while a flag is switched, then another process: the flag ends as asked,
or nothing was begun, and the operation is closed once.

The scenarios do the same with a real process and database.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from policies.record.lifecycle import State
from policies.service.environment import Flag
from tests.handlers.stage import Stage
from tests.handlers.wire import Killed, When, Wire, moments
from tests.handlers.world import PRODUCTION, QA, STAGING, World

LEASE = 31
PARAMETER = "/staging/flags/new-checkout"
FLAGGED = replace(STAGING, flags=(Flag("new-checkout", PARAMETER, service="web"),))


def _world() -> World:
    world = World().catalogue(FLAGGED, QA, PRODUCTION)
    world.scopes.parameters.put(PARAMETER, "false")
    return world


def _run(stage: Stage) -> None:
    stage.ask("flag", "staging", arguments={"name": "new-checkout", "state": "on"})
    stage.finish()


@cache
def _calls() -> tuple[str, ...]:
    wire = Wire()
    _run(Stage(_world(), wire=wire))
    return tuple(wire.passed)


@pytest.mark.parametrize(("at", "when"), moments(_calls()))
def test_a_flag_whose_switching_is_killed_anywhere_ends_as_asked_and_is_written_once(
    at: int, when: When
) -> None:
    world = _world()
    with pytest.raises(Killed):
        _run(Stage(world, wire=Wire(at=at, when=when)))
    heir = Stage(world, holder="two")
    heir.forward(LEASE)
    heir.finish()
    held = world.scopes.parameters.rows[PARAMETER]
    kinds = [k for k in heir.kinds() if k != "refused"]
    assert kinds == ["started", "closed"] * len(heir.operations())
    if not heir.operations():
        assert (held.value, held.version) == ("false", 1)
        return
    assert heir.operation().state is State.SUCCEEDED
    assert (held.value, held.version) == ("true", 2)


def test_the_write_itself_is_among_the_calls_that_are_killed() -> None:
    assert {"flags.read", "flags.switch"} <= set(_calls())
