"""A new environment's first digest waits for its sources, but for none of them for ever."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from handlers.clock.digest import LONGEST, When
from handlers.ports.digests import DigestState
from handlers.ports.money import Backfilled
from handlers.ports.store import CatalogChange
from policies.cost.prices import Price, PriceSource
from policies.cost.sightings import Sighting
from policies.digest.awaited import Awaited
from policies.schedule.weekly import Weekly
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.test_digest import MONDAY, STAGING, Process, installed, row, state
from tests.handlers.world import World, environment

FIRST = When(Weekly.read("Monday", "09:00"), awaited=Awaited(metered=True, listed=True))
UNLISTED = "eu-south-2"
"""A region for which the built-in table has no prices."""


def looked(world: World, *names: str) -> None:
    for name in names or ("staging",):
        world.store.book.ledger.sightings.put(Sighting(name, world.clock.at))


def filled(world: World, *names: str) -> None:
    for name in names or ("staging",):
        world.store.book.ledger.backfills.record(Backfilled(name, world.clock.at, 0))


def begun(*environments: object, at: datetime = MONDAY) -> tuple[World, FakePosts, Process]:
    world, posts = installed(*environments, at=at), FakePosts()
    return world, posts, Process(world, posts, when=FIRST)


def reason(world: World) -> str:
    found = row(world)
    return found.reason if found else ""


def test_an_installation_at_nine_sharp_waits_for_the_first_look_and_the_history(golden: Golden) -> None:
    world, posts, process = begun()
    process.tick()
    assert (state(world), posts.posted) == ("waiting", [])
    assert reason(world) == golden(name="for a look")
    looked(world)
    process.until(MONDAY + timedelta(minutes=2))
    assert (state(world), posts.posted) == ("waiting", [])
    filled(world)
    process.until(MONDAY + timedelta(minutes=3))
    ((_, _, said),) = posts.posted
    assert state(world) == "posted"
    assert "late" not in str(said.blocks[0])


def test_a_digest_that_waited_long_is_posted_and_says_that_it_is_late() -> None:
    world, posts, process = begun()
    process.until(MONDAY + timedelta(minutes=20))
    looked(world)
    filled(world)
    process.until(MONDAY + timedelta(minutes=21))
    ((_, _, said),) = posts.posted
    assert "late" in str(said.blocks[0])


def test_the_wait_for_a_missing_source_ends_and_the_digest_names_it(golden: Golden) -> None:
    world, posts, process = begun()
    looked(world)
    process.until(MONDAY + LONGEST - timedelta(minutes=1))
    assert posts.posted == []
    process.until(MONDAY + LONGEST + timedelta(minutes=1))
    ((_, _, said),) = posts.posted
    assert said.blocks[0] == golden


def test_restarts_do_not_lengthen_the_wait() -> None:
    world, posts, process = begun()
    process.tick()
    for minutes in range(3, 31, 3):
        assert posts.posted == []
        process = Process(world, posts, when=FIRST, holder=f"number {minutes}")
        process.until(MONDAY + timedelta(minutes=minutes))
    assert len(posts.posted) == 1


def test_a_source_that_keeps_failing_holds_up_one_digest_and_no_other() -> None:
    world, _, process = begun()
    process.tick()
    process.until(MONDAY + timedelta(days=7), step=timedelta(minutes=5))
    assert [r.at - MONDAY for r in world.store.memory.digests.values()] == [LONGEST, timedelta(days=7)]


def test_only_its_own_channel_waits_for_an_environment_that_joins_last() -> None:
    world, posts, process = begun(
        environment("staging"), environment("qa-eu"), at=MONDAY - timedelta(hours=2)
    )
    process.until(MONDAY - timedelta(minutes=1))
    joined = environment("pr-7", channel="C0QA-EU")
    world.store.catalog.write(CatalogChange(put_environments=(joined,)))
    process.until(MONDAY + timedelta(minutes=1))
    assert [channel for channel, _, _ in posts.posted] == [STAGING]
    looked(world, "pr-7")
    filled(world, "pr-7")
    process.until(MONDAY + timedelta(minutes=2))
    assert [channel for channel, _, _ in posts.posted] == [STAGING, "C0QA-EU"]


def test_a_region_without_any_price_waits_for_the_list(golden: Golden) -> None:
    world, posts, process = begun(environment("staging", region=UNLISTED))
    looked(world)
    filled(world)
    process.tick()
    assert reason(world) == golden
    assert posts.posted == []
    price = Price(UNLISTED, "fargate.vcpu.x86", Decimal(1), date(2026, 11, 30), PriceSource.LIST)
    world.store.book.ledger.prices.put([price])
    process.until(MONDAY + timedelta(minutes=1))
    assert len(posts.posted) == 1


@pytest.mark.parametrize("awaited", [Awaited(), Awaited(listed=True)])
def test_no_digest_waits_without_a_meter(awaited: Awaited) -> None:
    world, posts = installed(at=MONDAY), FakePosts()
    Process(world, posts, when=When(FIRST.weekly, awaited=awaited)).tick()
    assert len(posts.posted) == 1


def test_no_digest_waits_for_the_list_if_prices_come_from_the_table() -> None:
    world, posts = installed(environment("staging", region=UNLISTED), at=MONDAY), FakePosts()
    looked(world)
    filled(world)
    Process(world, posts, when=When(FIRST.weekly, awaited=Awaited(metered=True))).tick()
    assert len(posts.posted) == 1


def test_a_digest_that_waited_until_it_was_too_old_is_skipped() -> None:
    world, posts, process = begun()
    process.tick()
    world.clock.at = MONDAY + timedelta(days=2, minutes=1)
    Process(world, posts, when=FIRST).tick()
    found = row(world)
    assert (found and found.state, posts.posted) == (DigestState.SKIPPED, [])


def test_a_wall_clock_that_goes_back_does_not_lengthen_the_wait() -> None:
    world, posts, process = begun(at=datetime(2026, 11, 30, 15, tzinfo=UTC))
    world.clock.at = MONDAY
    process.until(MONDAY + LONGEST + timedelta(minutes=1))
    assert len(posts.posted) == 1
