"""kill -9 before and after every call while a flag in AppConfig is switched, then another process: one
version and one deployment, or nothing was begun, and the operation is closed once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from policies.record.lifecycle import State
from policies.service.environment import AppConfig, Flag
from tests.fakes.aws_appconfig import configuration
from tests.handlers.stage import Stage
from tests.handlers.wire import Killed, When, Wire, moments
from tests.handlers.world import PRODUCTION, QA, STAGING, World

LEASE = 31
PLACE = AppConfig("app1234", "env1234", "pro1234", "new-checkout")
FLAGGED = replace(STAGING, flags=(Flag("new-checkout", appconfig=PLACE),))


def _world() -> World:
    world = World().catalogue(FLAGGED, QA, PRODUCTION)
    world.scopes.appconfig.create(PLACE, configuration(**{"new-checkout": False}))
    world.scopes.appconfig.path = ("DEPLOYING", "COMPLETE")
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
def test_a_flag_whose_deployment_is_killed_anywhere_is_deployed_once_or_not_begun(
    at: int, when: When
) -> None:
    world = _world()
    with pytest.raises(Killed):
        _run(Stage(world, wire=Wire(at=at, when=when)))
    heir = Stage(world, holder="two")
    heir.forward(LEASE)
    heir.finish()
    store = world.scopes.appconfig
    versions = len(store.profiles[(PLACE.application, PLACE.profile)].versions)
    rows = store.deployments[(PLACE.application, PLACE.environment)]
    kinds = [k for k in heir.kinds() if k != "refused"]
    assert kinds == ["started", "closed"] * len(heir.operations())
    if not heir.operations():
        assert (versions, len(rows)) == (1, 1)
        return
    assert heir.operation().state is State.SUCCEEDED
    assert [(r.version, r.state) for r in rows] == [(1, "COMPLETE"), (2, "COMPLETE")]
    assert versions == 2


def test_both_changes_are_among_the_calls_that_are_killed() -> None:
    assert {"features.write", "features.deploy", "features.rollout"} <= set(_calls())
