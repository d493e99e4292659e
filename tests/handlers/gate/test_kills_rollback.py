"""kill -9 before and after every call of a rollback, then another process: it goes back at most once, is
closed once, and the recorded end is the true one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Literal

import pytest

from handlers.words.step import StepState
from policies.record.lifecycle import State
from policies.service.facts import Deployment, ServiceDeployment
from tests.fakes.aws import START
from tests.handlers.stage import Stage
from tests.handlers.test_rollback import NAME, RELEASE, calls, defined, past, revision
from tests.handlers.wire import Killed, When, Wire, moments
from tests.handlers.world import NEW, OLD, World

LEASE = 31
Way = Literal["deploy", "stop"]
CALL = {"deploy": "rollbacks.deploy", "stop": "rollbacks.stop"}


def _world(way: Way) -> World:
    """A service that runs revision 7, and in the case *stop* is being taken from 7 to 8."""
    world = World().catalogue()
    aws = world.aws()
    aws.services.remember(NAME, past(7, 1, NEW), past(6, 20))
    aws.services.define(defined(6), defined(7))
    aws.images.push("registry/orders-api:v6", OLD)
    if way == "stop":
        facts = aws.services.known()[NAME]
        new = Deployment("ecs-svc/new", "PRIMARY", revision(8), 2, 0, 0, 3, START, rollout="IN_PROGRESS")
        aws.services.change(
            NAME,
            revision=revision(8),
            deployments=(new, replace(facts.deployments[0], status="ACTIVE")),
            current_deployment=RELEASE,
            service_deployment=ServiceDeployment(RELEASE, "IN_PROGRESS", START),
        )
    return world


def _run(stage: Stage) -> None:
    stage.sure("rollback", "staging", NAME)
    stage.finish()


@cache
def _calls(way: Way) -> tuple[str, ...]:
    wire = Wire()
    _run(Stage(_world(way), wire=wire))
    return tuple(wire.passed)


def _killed(way: Way, at: int, when: When) -> tuple[World, Stage]:
    world = _world(way)
    with pytest.raises(Killed):
        _run(Stage(world, wire=Wire(at=at, when=when)))
    heir = Stage(world, holder="two")
    if heir.operations() and calls(world):
        world.move()
    heir.forward(LEASE)
    for _ in range(20):
        if not heir.running():
            break
        if calls(world):
            world.move()
        heir.forward(5)
    return world, heir


WAYS: tuple[Way, ...] = ("deploy", "stop")
POINTS = [(way, *moment) for way in WAYS for moment in moments(_calls(way))]


@pytest.mark.parametrize(("way", "at", "when"), POINTS)
def test_a_rollback_killed_anywhere_goes_back_at_most_once_and_ends_truly(
    way: Way, at: int, when: When
) -> None:
    world, heir = _killed(way, at, when)
    assert [k for k in heir.kinds() if k != "refused"] == ["started", "closed"] * len(heir.operations())
    assert len(calls(world)) <= 1
    if not heir.operations():
        assert not calls(world)
        return
    ended = heir.operation()
    assert ended.state is (State.SUCCEEDED if calls(world) else State.INTERRUPTED)
    runs = world.aws().services.known()[NAME].revision
    earlier = revision(6) if way == "deploy" else revision(7)
    assert (runs == earlier) == (ended.state is State.SUCCEEDED)


@pytest.mark.parametrize("way", WAYS)
def test_only_a_kill_around_the_call_needs_to_look_for_its_effect(way: Way) -> None:
    call = _calls(way).index(CALL[way]) + 1
    found: dict[tuple[int, When], StepState | str] = {}
    points: list[tuple[int, When]] = [
        (call - 1, "after"),
        (call, "before"),
        (call, "after"),
        (call + 1, "before"),
    ]
    for at, when in points:
        _, heir = _killed(way, at, when)
        step = heir.operation().steps[0]
        found[at, when] = "adopted" if step.evidence.get("adopted") else step.state
    assert list(found.values()) == [StepState.UNDONE, StepState.UNDONE, "adopted", "adopted"]
