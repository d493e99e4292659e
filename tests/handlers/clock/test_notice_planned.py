"""A notice says what is true of the stop that it announced when somebody plans a keep over that stop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handlers.clock.drift import DriftWatch
from handlers.clock.due import DueClock
from handlers.clock.notices import NoticeBoard
from handlers.words.message import Message, Status
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.stage import ClockStage, at, scheduled
from tests.handlers.clock.test_afterlife import Channel
from tests.handlers.world import ADA, DEV, OLU, World


@pytest.fixture
def stage() -> ClockStage:
    """Monday, 19:31; the notice says that staging stops at 20:00."""
    world = World().catalogue()
    world.clock.at = at(18, 59)
    stage = ClockStage(scheduled(world), posts=FakePosts())
    stage.until(at(19, 31))
    assert stage.notice().status == Status.STOPPING_SOON
    return stage


def keep(stage: ClockStage, words: str) -> None:
    said = stage.ask("keep", "staging", who=OLU, arguments={"words": words})
    assert telling.status(said) == "succeeded", said


def lit(stage: ClockStage) -> bool:
    return any(stage.desired().values())


def first(stage: ClockStage) -> Message:
    return next(iter(stage.posts.stands.values()))


def told(said: Message) -> tuple[str, str, list[str]]:
    return said.status.value, telling.headline(said), [offer.label for offer in said.offers]


@pytest.mark.parametrize("words", ['today 19:50-22:30 "demo"', "today 20:00-22:30"])
def test_a_plan_over_the_stop_is_told_by_its_notice_within_a_tick_and_until_it_is_over(
    stage: ClockStage, words: str, golden: Golden
) -> None:
    keep(stage, words)
    stage.minute()
    said = [told(stage.notice())]
    for moment in (at(19, 59), at(20, 2), at(22, 45)):
        stage.until(moment)
        said.append(told(first(stage)))
    assert said == golden
    assert stage.claimed()["stop Mon 22:30"] == "opened"
    assert "stop Mon 20:00" not in stage.claimed()


def test_the_notice_announces_the_stop_again_when_the_plan_is_cancelled_at_its_button(
    stage: ClockStage,
) -> None:
    keep(stage, "today 19:50-22:30")
    stage.minute()
    (cancel,) = stage.notice().offers
    stage.press(cancel, who=DEV)
    stage.until(at(19, 35))
    assert (stage.notice().status, len(stage.notice().offers)) == (Status.STOPPING_SOON, 4)
    stage.until(at(20, 5))
    assert not lit(stage)


def test_what_keeps_it_on_now_is_told_before_what_is_planned(stage: ClockStage) -> None:
    keep(stage, "until 23:00")
    keep(stage, "today 19:50-23:30")
    stage.until(at(19, 35))
    assert told(stage.notice()) == ("kept on", "`staging` is kept on by Olu until 23:00 (UTC).", ["Undo"])


def test_a_plan_to_keep_it_off_is_the_reason_why_the_stop_comes_earlier(
    stage: ClockStage, golden: Golden
) -> None:
    keep(stage, "off today 19:45-21:00")
    stage.until(at(19, 33))
    before = [told(said) for said in stage.posts.stands.values()]
    stage.until(at(19, 50))
    assert [before, [told(said) for said in stage.posts.stands.values()]] == golden
    assert not lit(stage)


def test_the_stop_of_a_plan_offers_to_cancel_the_plan(stage: ClockStage) -> None:
    """Keeping it on for longer would be replaced by the plan when it begins."""
    keep(stage, "off today 19:50-21:00")
    stage.until(at(19, 35))
    _, second = stage.posts.stands.values()
    assert [offer.label for offer in second.offers] == ["Cancel", "Stop now"]
    stage.press(second.offers[0], who=ADA)
    stage.until(at(19, 55))
    assert lit(stage)
    assert [said.status for said in stage.posts.stands.values()] == [
        Status.STOPPING_SOON,
        Status.NOT_STOPPED,
    ]


def test_a_keep_that_a_plan_will_end_says_so_whichever_came_first(golden: Golden) -> None:
    world = World().catalogue()
    world.clock.at = at(17)
    stage = ClockStage(scheduled(world), posts=FakePosts())
    channel = Channel(stage)
    keep(stage, "today 22:30-23:30")
    keep(stage, "until tomorrow 01:00")
    stage.minute()
    channel.beat()
    *_, kept = channel.shown.values()
    assert "until 01:00 tomorrow" in telling.headline(kept), "a plan to keep it on changes nothing"
    keep(stage, "off today 19:00-22:00")
    stage.minute()
    channel.beat()
    told = next(said for said in channel.shown.values() if "stays on" in said.headline)
    assert telling.headline(told) == golden(name="ends")
    stage.ask("keep", "staging", who=OLU, arguments={"words": "until tomorrow 02:00"})
    assert telling.headline(stage.parts.report(stage.operations()[-1])) == golden(name="ends")


def pending(stage: ClockStage) -> list[Callable[[], None]]:
    """Go on with a clock whose questions to the gate wait until a test has them asked."""
    later, ask = list[Callable[[], None]](), stage.gate.handle
    board, watch = NoticeBoard(stage.parts, stage.posts), DriftWatch(stage.parts, ask, stage.posts)
    stage.clock = DueClock(stage.parts, ask, board, watch, run=later.append)
    return later


def test_nothing_is_stopped_and_no_notice_changes_while_a_plan_over_the_stop_is_being_decided(
    stage: ClockStage,
) -> None:
    keep(stage, "today 20:00-22:30")
    stage.until(at(19, 59))
    before, later = told(stage.notice()), pending(stage)
    stage.minute()
    stage.beat()
    assert told(stage.notice()) == before
    assert len(later) == 1, "only whether the plan begins is asked"
    later.pop()()
    for _ in range(5):
        stage.minute()
        while later:
            later.pop()()
    assert lit(stage)
    assert "stop Mon 20:00" not in stage.claimed()


def test_nothing_is_started_while_a_plan_to_keep_it_off_is_being_decided() -> None:
    world = World().catalogue()
    world.clock.at = at(19)
    stage = ClockStage(scheduled(world), posts=FakePosts())
    keep(stage, "off tomorrow 08:00-09:00")
    stage.until(at(7, 59, day=1))
    later = pending(stage)
    stage.minute()
    assert len(later) == 1
    later.pop()()
    for _ in range(5):
        stage.minute()
        while later:
            later.pop()()
    assert not lit(stage)


def test_a_plan_that_cannot_be_decided_holds_a_stop_up_for_minutes_and_not_for_the_night(
    stage: ClockStage,
) -> None:
    keep(stage, "today 20:00-22:30")
    stage.world.people.silent = True
    stage.until(at(20, 10))
    assert not lit(stage)
    assert first(stage).status == Status.STOPPED
