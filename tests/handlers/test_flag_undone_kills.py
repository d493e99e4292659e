"""kill -9 before and after every call while a flag in AppConfig is taken back, then another process: its
deployment is taken back once, or nothing was begun, and each operation is closed once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from policies.record.lifecycle import State
from policies.service.environment import AppConfig, Flag
from tests.fakes.aws_appconfig import configuration
from tests.handlers.stage import Stage
from tests.handlers.wire import Killed, When, Wire, moments
from tests.handlers.world import OLU, PRODUCTION, QA, STAGING, World

LEASE = 31
PLACE = AppConfig("app1234", "env1234", "pro1234", "new-checkout")
FLAGGED = replace(STAGING, flags=(Flag("new-checkout", appconfig=PLACE),))
BOUND = {"name": "new-checkout", "state": "off", "expected": "2", "deployment": "2"}
WAYS = {
    "BAKING": ("withdraw", {"name": "new-checkout", "deployment": "2"}, State.SUPERSEDED, "ROLLED_BACK"),
    "COMPLETE": ("flag", BOUND, State.SUCCEEDED, "REVERTED"),
}
"""By where the deployment is: what undoes it, how the change ends then, and how its deployment does."""


def _switched(where: str) -> World:
    """A world in which the flag was switched on, as far as that."""
    world = World().catalogue(FLAGGED, QA, PRODUCTION)
    store = world.scopes.appconfig
    store.create(PLACE, configuration(**{"new-checkout": False}))
    store.path, store.path_back = (where,), ("ROLLING_BACK",)
    stage = Stage(world)
    stage.ask("flag", "staging", arguments={"name": "new-checkout", "state": "on"})
    stage.forward(5)
    stage.forward(5)
    return world


def _undo(stage: Stage, where: str) -> None:
    operation, arguments, _, _ = WAYS[where]
    stage.ask(operation, "staging", arguments=arguments, who=OLU)
    stage.finish()


@cache
def _calls(where: str) -> tuple[str, ...]:
    """Every call of one undisturbed undo, in order."""
    wire = Wire()
    _undo(Stage(_switched(where), holder="two", wire=wire), where)
    return tuple(wire.passed)


def _points() -> list[tuple[str, int, When]]:
    return [(where, *moment) for where in WAYS for moment in moments(_calls(where))]


@pytest.mark.parametrize(("where", "at", "when"), _points())
def test_an_undo_killed_anywhere_takes_the_deployment_back_once_or_never_began(
    where: str, at: int, when: When
) -> None:
    world = _switched(where)
    with pytest.raises(Killed):
        _undo(Stage(world, holder="two", wire=Wire(at=at, when=when)), where)
    heir = Stage(world, holder="three")
    heir.forward(LEASE)
    if len(heir.operations()) == 1:  # nothing was opened, so whoever asked asks again
        _undo(heir, where)
    heir.finish()
    _, _, changed, took_back = WAYS[where]
    assert [o.state for o in heir.operations()] == [changed, State.SUCCEEDED]
    assert [k for k in heir.kinds() if k != "refused"].count("closed") == 2
    rows = world.scopes.appconfig.deployments[(PLACE.application, PLACE.environment)]
    assert [(r.version, r.state) for r in rows] == [(1, "COMPLETE"), (2, took_back)]
    assert world.aws().script.count("revert_deployment") == 1


@pytest.mark.parametrize("where", WAYS)
def test_the_change_is_among_the_calls_that_are_killed(where: str) -> None:
    assert {"features.revert", "features.rollout"} <= set(_calls(where))
