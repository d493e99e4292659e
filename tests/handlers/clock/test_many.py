"""A clock of many environments looks at no more than it must. How long that takes is in ``make bench``."""

from __future__ import annotations

from datetime import timedelta

from handlers.clock.due import LANES
from tests.handlers.clock.crowd import CountingClock, crowd, settle

MANY = 300


def test_a_new_clock_looks_at_all_environments_and_asks_for_nothing_settled() -> None:
    world = crowd(MANY)
    settle(world)
    clock = CountingClock(world)
    assert (clock.tick(), clock.asks) == (MANY, 0)


def test_only_the_latest_transition_of_an_unsettled_week_is_due() -> None:
    """Earlier transitions are passed over. All environments are of one account and region, so only the first
    few are asked for at once.
    """
    world = crowd(MANY)
    clock = CountingClock(world)
    assert (clock.tick(), clock.asks) == (MANY, LANES)
    claims = world.store.memory.claims
    assert len(claims) > 9 * MANY
    assert {claim.state for claim in claims.values()} == {"skipped"}


def test_an_idle_clock_looks_at_all_environments_once_in_ten_minutes() -> None:
    world = crowd(MANY)
    settle(world)
    clock = CountingClock(world)
    clock.tick()
    looked = []
    for _ in range(3):
        world.forward(5)
        looked.append(clock.tick())
    world.clock.at += timedelta(minutes=11)
    assert (looked, clock.tick(), clock.asks) == ([0, 0, 0], MANY, 0)
