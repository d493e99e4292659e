"""The message of a start or stop that was made only in part says how things stand, until it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.message import Message
from policies.cost.sightings import ServiceSeen, Sighting
from tests.golden import Golden
from tests.handlers.clock.stage import ClockStage, at
from tests.handlers.clock.test_afterlife import Channel, minutes
from tests.handlers.clock.test_ways_on import stopped_in_part
from tests.handlers.world import DEV, OLU
from tests.telling import notes


@pytest.fixture
def stage() -> ClockStage:
    return stopped_in_part()


def told(stage: ClockStage, channel: Channel) -> Message:
    first = next(o.id for o in stage.operations() if (o.name, o.source) == ("stop", "clock"))
    return channel.shown[first]


def labels(said: Message) -> list[str]:
    return [offer.label for offer in said.offers]


def seen_stopped(stage: ClockStage) -> None:
    names = ("a", "b", "c", "orders-api", "web")
    found = tuple(ServiceSeen(name, 0, 0) for name in names)
    soon = stage.world.clock.now() + timedelta(seconds=90)
    stage.store.book.ledger.sightings.put(Sighting("staging", soon, found))


def left(stage: ClockStage) -> None:
    (offer,) = [o for said in stage.posts.stands.values() for o in said.offers if o.label == "Leave it"]
    stage.press(offer, who=OLU)


def mended(stage: ClockStage) -> None:
    stage.world.aws("staging").script.mishaps.clear()
    stage.until(at(20, 4))


ENDS: dict[str, Callable[[ClockStage], object]] = {
    "made by the clock": mended,
    "left": left,
    "tried by hand": lambda stage: stage.sure("stop", "staging", who=OLU),
    "started": lambda stage: stage.ask("start", "staging", who=DEV),
    "seen": seen_stopped,
    "gone": lambda stage: stage.store.catalog.write(CatalogChange(remove_environments=("staging",))),
}


@pytest.mark.parametrize("how", ENDS)
def test_the_message_offers_ways_on_until_the_stop_is_over_and_then_says_how_it_ended(
    stage: ClockStage, golden: Golden, how: str
) -> None:
    channel = Channel(stage)
    channel.beat()
    assert labels(told(stage, channel)) == ["Try now", "Leave it"]
    ENDS[how](stage)
    minutes(stage, channel, 1)
    assert labels(told(stage, channel)) == []
    assert (told(stage, channel).headline, notes(told(stage, channel))) == golden
    assert channel.untrue() == []


def test_a_retry_that_fails_too_is_told_in_the_same_message(stage: ClockStage, golden: Golden) -> None:
    channel = Channel(stage)
    channel.beat()
    minutes(stage, channel, 3)
    assert stage.clocked() == [("stop", "partial"), ("stop", "partial")]
    assert (told(stage, channel).headline, notes(told(stage, channel))) == golden
    assert labels(told(stage, channel)) == ["Try now", "Leave it"]
    (retry,) = [o for o in told(stage, channel).offers if o.label == "Try now"]
    assert retry.arguments["retry_of"] == stage.operations()[-1].id, "of the last try"
    assert len(channel.shown) == 1


def test_no_retry_is_announced_for_an_environment_that_is_kept_on(stage: ClockStage, golden: Golden) -> None:
    channel = Channel(stage)
    channel.beat()
    stage.ask("pause", "staging", who=DEV)
    minutes(stage, channel, 1)
    said = told(stage, channel)
    assert (said.headline, notes(said), labels(said)) == golden


def test_the_buttons_of_the_message_go_when_they_would_be_too_old(stage: ClockStage) -> None:
    channel = Channel(stage)
    channel.beat()
    stage.world.aws("staging").script.mishaps.clear()
    stage.store.catalog.write(CatalogChange(remove_schedules=stage.store.catalog.read().schedules))
    stage.jump(at(8, 30, day=1))
    channel.beat()
    assert labels(told(stage, channel)) == []
