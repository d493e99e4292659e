"""A schedule that only stops, and a keep over its stop: what is told of the end is what the clock does."""

from __future__ import annotations

import pytest

from handlers.words.message import Offer
from handlers.words.result import Reply
from policies.access.people import SlackPerson
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.stage import ClockStage, at, scheduled
from tests.handlers.world import DEV, OLU, World, service


@pytest.fixture
def stage() -> ClockStage:
    """At 18:00, an environment that stops at 19:00 and that nothing starts."""
    world = World().catalogue()
    world.clock.at = at(18)
    return ClockStage(scheduled(world, "Mon-Fri stop 19:00 UTC"), posts=FakePosts())


def keep(stage: ClockStage, words: str, who: SlackPerson = DEV) -> Reply:
    return stage.ask("keep", "staging", who=who, arguments={"words": words})


def lit(stage: ClockStage, environment: str = "staging") -> bool:
    return any(stage.desired(environment).values())


def test_an_environment_kept_over_its_stop_stops_when_the_keep_ends(
    stage: ClockStage, golden: Golden
) -> None:
    assert keep(stage, "until 22:00").headline == golden
    stage.until(at(21, 59))
    assert lit(stage)
    stage.until(at(22, 10))
    assert not lit(stage)


def test_an_environment_kept_again_and_again_stops_when_the_last_keep_ends(
    stage: ClockStage, golden: Golden
) -> None:
    """Each keep began after the stop that the first keep put off."""
    keep(stage, "until 20:00")
    for hour, who in ((21, OLU), (22, DEV), (23, OLU)):
        stage.until(at(hour - 2, 50))
        said = keep(stage, f"until {hour}:00", who)
        assert telling.status(said) == "succeeded"
    assert said.headline == golden
    stage.until(at(22, 59))
    assert lit(stage)
    stage.until(at(23, 10))
    assert not lit(stage)


def test_a_keep_removed_after_the_stop_time_stops_the_environment_then(stage: ClockStage) -> None:
    keep(stage, "until 21:00")
    stage.until(at(19, 30))
    keep(stage, "until 23:00", OLU)
    stage.until(at(20))
    stage.ask("resume", "staging", who=OLU)
    stage.until(at(20, 30))
    assert not lit(stage)


def test_an_environment_kept_on_after_its_stop_stays_on_until_the_next(
    stage: ClockStage, golden: Golden
) -> None:
    """What was started after the stop may stay on until the next stop."""
    stage.until(at(19, 30))
    assert not lit(stage)
    stage.ask("start", "staging", who=DEV)
    stage.until(at(20))
    assert keep(stage, "until 22:00").headline == golden
    stage.until(at(23))
    assert lit(stage)


def test_a_start_by_hand_with_an_end_stops_when_a_later_keep_ends(golden: Golden) -> None:
    world = World().catalogue()
    world.clock.at = at(10)
    world.aws("qa-eu").services.put(service())
    stage = ClockStage(world, posts=FakePosts())
    stage.ask("start", "qa-eu", who=DEV, arguments={"until": "4h"})
    stage.until(at(13, 45))
    for _ in range(2):
        said = stage.press(next(o for o in _offers(stage) if o.label == "+2 h"), who=OLU)
        stage.until(stage.world.clock.at.replace(minute=50))
        [held] = stage.store.book.overrides.current(stage.world.clock.at)
        stage.until(held.until.replace(hour=held.until.hour - 1, minute=45))
    assert said.headline == golden
    assert "no schedule" not in stage.ask("schedule", "qa-eu", who=DEV).headline
    stage.until(at(17, 59))
    assert lit(stage, "qa-eu")
    stage.until(at(18, 15))
    assert not lit(stage, "qa-eu")


def test_a_keep_removed_before_the_end_of_a_start_by_hand_names_that_end(golden: Golden) -> None:
    world = World().catalogue()
    world.clock.at = at(10)
    world.aws("qa-eu").services.put(service())
    stage = ClockStage(world, posts=FakePosts())
    stage.ask("start", "qa-eu", who=DEV, arguments={"until": "4h"})
    stage.until(at(11))
    stage.ask("keep", "qa-eu", who=OLU, arguments={"words": "until 16:00"})
    assert stage.ask("resume", "qa-eu", who=OLU).headline == golden
    stage.until(at(14, 15))
    assert not lit(stage, "qa-eu")


def _offers(stage: ClockStage) -> list[Offer]:
    return [offer for said in stage.posts.stands.values() for offer in said.offers]
