"""Sharing is known from rows: a process after a restart, or another replica, gets the same figures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.words.errors import Denied
from policies.cost.spans import Kind
from tests.handlers.clock.meters import MeterStage, metered
from tests.handlers.world import World, environment

BOTH = "qa-eu+staging"


def sharing() -> World:
    """Two environments behind one load balancer."""
    world = metered(environment("staging"), environment("qa-eu"))
    for name in ("staging", "qa-eu"):
        world.aws(name).usage.attach("lb", "elb.application", kind=Kind.BALANCER)
    return world


def counted(world: World) -> dict[str, int]:
    """Return the seconds of the load balancer, by owner."""
    spans = world.store.memory.spans.values()
    found = {s.environment: timedelta(0) for s in spans}
    for span in spans:
        found[span.environment] += span.until - span.begin
    return {name: span // timedelta(seconds=1) for name, span in found.items() if span}


def fails(world: World, method: str) -> None:
    """From now on the second environment cannot be read."""
    usage = world.aws("qa-eu").usage
    done = usage.script.count(method)
    for number in range(done + 1, done + 100):
        usage.fail(method, Denied("No."), nth=number)


def test_a_resource_that_two_use_is_shared_once_both_were_looked_at() -> None:
    world = sharing()
    MeterStage(world).minutes(61)
    assert list(counted(world)) == [BOTH]


@pytest.mark.parametrize("holder", ["one", "two"])
def test_a_new_process_knows_the_users_before_both_were_looked_at(holder: str) -> None:
    """The other environment cannot be looked at since, for whatever reason."""
    world = sharing()
    MeterStage(world).minutes(61)
    before = counted(world)
    fails(world, "usage.tasks")
    world.forward(60)
    MeterStage(world, holder=holder).minutes(45)
    assert list(counted(world)) == [BOTH]
    assert counted(world)[BOTH] >= before[BOTH] + 45 * 60 - 15 * 60


def test_looks_that_cannot_read_a_shared_resource_forget_no_user() -> None:
    world = sharing()
    stage = MeterStage(world)
    stage.minutes(61)
    fails(world, "usage.attached")
    stage.minutes(31)
    MeterStage(world, holder="two").minutes(46)
    assert list(counted(world)) == [BOTH]


def test_an_environment_that_stops_using_a_resource_stops_sharing_it() -> None:
    world = sharing()
    stage = MeterStage(world)
    stage.minutes(61)
    world.aws("qa-eu").usage.detach("lb")
    stage.minutes(31)
    shared = counted(world)[BOTH]
    MeterStage(world, holder="two").minutes(31)
    assert counted(world)[BOTH] == shared
    assert counted(world)["staging"] >= 30 * 60
