"""A transition that was made only in part: counted as a whole, with the time of the next try, and ways on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.errors import Denied
from handlers.words.message import Offer, Status
from handlers.words.result import Choice
from policies.record.evidence import Entry
from policies.schedule.rows import ScheduleRow
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.stage import ClockStage, at, scheduled
from tests.handlers.world import DEV, OLU, World, service


@pytest.fixture
def stage() -> ClockStage:
    stage = stopped_in_part()
    assert stage.clocked() == [("stop", "partial")]
    return stage


def stopped_in_part() -> ClockStage:
    """Five services, one of which may not be stopped; 20:02."""
    world = World().catalogue()
    world.clock.at = at(18)
    for name in ("a", "b", "c"):
        world.aws("staging").services.put(service(name))
    stage = ClockStage(scheduled(world), posts=FakePosts())
    stage.until(at(19, 59))
    deny(stage, times=4)
    stage.until(at(20, 2))
    return stage


def deny(stage: ClockStage, *, times: int) -> None:
    """Make AWS refuse the last service of a try that has all five, and the same service again in a later try
    that has only that one.
    """
    script = stage.world.aws("staging").script
    made = script.count("set_desired")
    for nth in range(5, 5 + times):
        script.fail("set_desired", Denied("AWS does not allow it."), nth=made + nth)


def offers(stage: ClockStage) -> dict[str, Offer]:
    (told,) = [said for said in stage.posts.stands.values() if said.status == Status.STOPPED_IN_PART]
    return {offer.label: offer for offer in told.offers}


def headline(stage: ClockStage) -> str:
    (told,) = [said for said in stage.posts.stands.values() if said.status == Status.STOPPED_IN_PART]
    return told.headline


def test_the_notice_says_what_is_left_and_when_the_stop_is_tried_next(
    stage: ClockStage, golden: Golden
) -> None:
    assert headline(stage) == golden
    assert list(offers(stage)) == ["Try now", "Leave it"]


def test_a_retry_counts_the_whole_environment(stage: ClockStage, golden: Golden) -> None:
    stage.until(at(20, 6))
    assert stage.clocked() == [("stop", "partial"), ("stop", "partial")]
    assert headline(stage) == golden


def test_a_stop_that_is_left_is_not_tried_again(stage: ClockStage, golden: Golden) -> None:
    stage.press(offers(stage)["Leave it"], who=OLU)
    stage.until(at(22))
    assert stage.clocked() == [("stop", "partial")]
    assert headline(stage) == golden
    assert offers(stage) == {}
    stage.world.aws("staging").script.mishaps.clear()
    stage.until(at(20, 10, day=1))
    assert stage.clocked()[1:] == [("start", "succeeded"), ("stop", "succeeded")]


def test_leave_may_be_typed_and_says_when_there_is_nothing_to_leave(stage: ClockStage) -> None:
    assert "Leave it" in offers(stage)
    assert telling.status(stage.ask("leave", "staging", who=OLU)) == "succeeded"
    stage.until(at(22))
    assert stage.clocked() == [("stop", "partial")]
    assert telling.status(stage.ask("leave", "staging", who=OLU)) == "unchanged"
    stage.world.aws("staging").script.mishaps.clear()
    stage.until(at(8, 10, day=1))
    assert stage.clocked()[1:] == [("start", "succeeded")]
    assert telling.status(stage.ask("leave", "staging", who=OLU)) == "unchanged", "it went well"


def test_a_stop_stays_left_when_a_new_process_takes_over(stage: ClockStage) -> None:
    stage.press(offers(stage)["Leave it"], who=OLU)
    stage.world.store.pass_time(3_600)
    heir = ClockStage(stage.world, posts=stage.posts, holder="heir")
    heir.until(at(22))
    assert heir.clocked() == [("stop", "partial")]


def test_a_retry_by_hand_asks_first_and_counts_the_whole_environment(
    stage: ClockStage, golden: Golden
) -> None:
    stage.world.aws("staging").script.mishaps.clear()
    asked = stage.press(offers(stage)["Try now"], who=OLU)
    assert isinstance(asked, Choice)
    stage.press(asked.offers[0], who=OLU)
    stage.until(at(20, 10))
    assert not any(stage.desired().values())
    (made,) = [o for o in stage.operations() if o.source == "button" and o.name == "stop"]
    assert (made.state.value, made.summary) == golden


def test_an_old_button_does_not_leave_a_newer_try(stage: ClockStage) -> None:
    old = offers(stage)["Leave it"]
    stage.until(at(20, 6))
    stage.press(old, who=DEV)
    assert [o.name for o in stage.operations()].count("leave") == 0


def schedule(stage: ClockStage) -> None:
    """The schedule now stops at 22:00; whoever set it, an entry says so."""
    row = ScheduleRow("staging", "Mon-Fri 08:00-22:00 UTC", since=stage.world.clock.at, set_by="Ada")
    stage.store.catalog.write(CatalogChange(put_schedules=(row,)))
    stage.store.audit.append(Entry(stage.world.clock.at, "closed", "console:ada", "Ada", "console", "apply"))


def unschedule(stage: ClockStage) -> None:
    stage.store.catalog.write(CatalogChange(remove_schedules=stage.store.catalog.read().schedules))
    stage.store.audit.append(Entry(stage.world.clock.at, "closed", "console:ada", "Ada", "console", "apply"))


def keep(stage: ClockStage) -> None:
    stage.ask("keep", "staging", who=DEV, arguments={"words": "until 22:00"})


def keep_and_give_back(stage: ClockStage) -> None:
    keep(stage)
    stage.minute()
    stage.ask("resume", "staging", who=DEV)


def start(stage: ClockStage) -> None:
    stage.world.aws("staging").script.mishaps.clear()
    stage.ask("start", "staging", who=DEV)


def stop(stage: ClockStage) -> None:
    stage.world.aws("staging").script.mishaps.clear()
    stage.sure("stop", "staging", who=OLU)


def leave_and_stop(stage: ClockStage) -> None:
    stage.press(offers(stage)["Leave it"], who=OLU)
    stop(stage)


def start_and_stop(stage: ClockStage) -> None:
    start(stage)
    stage.until(at(20, 6))
    stop(stage)


SINCE: dict[str, Callable[[ClockStage], None]] = {
    "started by hand": start,
    "stopped by hand": stop,
    "left and stopped by hand": leave_and_stop,
    "started and stopped by hand": start_and_stop,
    "kept on": keep,
    "kept on, and given back": keep_and_give_back,
    "another schedule": schedule,
    "no schedule": unschedule,
}


@pytest.mark.parametrize("what", SINCE)
def test_the_notice_tells_what_happened_in_place_of_the_retry(
    stage: ClockStage, golden: Golden, what: str
) -> None:
    """No further try comes, so none is announced, and there are no buttons for one."""
    SINCE[what](stage)
    stage.until(at(20, 9))
    first = next(iter(stage.posts.stands.values()))
    assert (first.status, first.headline) == golden
    assert first.offers == ()


def test_the_notice_of_a_stop_tells_of_a_later_start_by_hand(golden: Golden) -> None:
    world = World().catalogue()
    world.clock.at = at(18)
    stage = ClockStage(scheduled(world), posts=FakePosts())
    stage.until(at(20, 5))
    stage.ask("start", "staging", who=DEV)
    stage.until(at(20, 15))
    assert (stage.notice().status, stage.notice().headline) == golden


def test_a_stop_that_a_start_cancels_says_who_started_it(golden: Golden) -> None:
    world = World().catalogue()
    world.clock.at = at(18)
    stage = ClockStage(scheduled(world), posts=FakePosts())
    stage.until(at(19, 59))
    world.forward(60)
    stage.clock.tick()
    assert [o.name for o in stage.running()] == ["stop"]
    stage.ask("start", "staging", who=DEV)
    stage.until(at(20, 10))
    assert (stage.notice().status, stage.notice().headline) == golden
    assert stage.notice().offers == ()
