"""A start by hand with an end, for an environment without a schedule, ends at that time, with the usual
notice.
"""

from __future__ import annotations

import pytest

from handlers.words.errors import Denied
from handlers.words.message import Status
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.stage import ClockStage, at, scheduled
from tests.handlers.world import DEV, OLU, World

DOWN = {"orders-api": 0, "web": 0}
UP = {"orders-api": 2, "web": 2}


@pytest.fixture
def stage() -> ClockStage:
    """At 10:00, stopped by Olu, and under no schedule."""
    world = World().catalogue()
    world.clock.at = at(9, 50)
    stage = ClockStage(world, posts=FakePosts())
    stage.sure("stop", "staging", who=OLU)
    stage.until(at(10))
    assert stage.desired() == DOWN
    return stage


def start(stage: ClockStage, until: str, **rest: object) -> None:
    stage.ask("start", "staging", **{"who": DEV, "arguments": {"until": until}, **rest})  # type: ignore[arg-type]


def heir(stage: ClockStage) -> ClockStage:
    stage.world.store.pass_time(3_600)
    return ClockStage(stage.world, posts=stage.posts, holder=f"heir-{stage.world.clock.at:%H%M%S}")


def test_a_start_by_hand_ends_with_the_usual_notice(stage: ClockStage, golden: Golden) -> None:
    start(stage, "4h")
    stage.until(at(10, 5))
    assert stage.operations()[-1].summary == golden
    assert telling.headline(stage.ask("schedule", "staging", who=DEV)) == golden
    stage.until(at(13, 29))
    assert (stage.desired(), stage.posts.posted) == (UP, [])
    stage.until(at(13, 31))
    assert (stage.notice().status, len(stage.notice().offers)) == (Status.STOPPING_SOON, 4)
    stage.until(at(13, 59))
    assert stage.desired() == UP
    stage.until(at(14, 10))
    assert (stage.desired(), stage.clocked()) == (DOWN, [("stop", "succeeded")])
    assert stage.notice().status == Status.STOPPED


def test_the_environment_has_no_schedule_after_the_end(stage: ClockStage, golden: Golden) -> None:
    start(stage, "4h")
    stage.until(at(14, 10))
    assert telling.headline(stage.ask("schedule", "staging", who=DEV)) == golden
    stage.ask("start", "staging", who=DEV)
    stage.until(at(15, day=1))
    assert (stage.desired(), len(stage.posts.posted)) == (UP, 1)


def test_a_start_by_hand_ends_even_after_a_kill(stage: ClockStage) -> None:
    start(stage, "4h")
    stage.until(at(12))
    after = heir(stage)
    after.until(at(14, 10))
    assert (after.desired(), after.clocked()) == (DOWN, [("stop", "succeeded")])


def test_a_shorter_start_changes_nothing_and_names_the_end_that_holds(
    stage: ClockStage, golden: Golden
) -> None:
    start(stage, "4h")
    stage.until(at(10, 30))
    said = stage.ask("start", "staging", who=OLU, arguments={"until": "2h"})
    assert telling.status(said) == "unchanged"
    assert telling.note(said, "On until") == golden


@pytest.mark.parametrize("how", ["start", "keep", "button"])
def test_a_prolonged_start_ends_later_with_another_notice(stage: ClockStage, how: str) -> None:
    start(stage, "4h")
    stage.until(at(13, 31))
    if how == "start":
        start(stage, "until 16:00", who=OLU)
    elif how == "keep":
        stage.ask("keep", "staging", who=OLU, arguments={"words": "until 16:00"})
    else:
        stage.press(stage.notice().offers[1], who=OLU)
    stage.until(at(15, 59))
    assert stage.desired() == UP
    stage.until(at(16, 10))
    assert stage.desired() == DOWN
    assert len(stage.posts.posted) == 2


@pytest.mark.parametrize(("first", "second"), [("4h", "2h"), ("2h", "4h"), ("4h", "4h"), ("4h", "")])
def test_the_longer_of_two_starts_by_hand_holds(stage: ClockStage, first: str, second: str) -> None:
    start(stage, first)
    stage.until(at(10, 0))
    stage.finish()
    stage.ask("start", "staging", who=OLU, arguments={"until": second} if second else {})
    stage.until(at(13, 59))
    assert stage.desired() == UP
    stage.until(at(14, 15))
    assert (stage.desired(), stage.clocked()) == (DOWN, [("stop", "succeeded")])


def test_a_stop_by_hand_ends_a_start_by_hand(stage: ClockStage) -> None:
    start(stage, "4h")
    stage.until(at(12))
    stage.sure("stop", "staging", who=OLU)
    stage.until(at(12, 30))
    stage.ask("start", "staging", who=DEV)
    stage.until(at(15))
    assert (stage.desired(), stage.posts.posted, stage.clocked()) == (UP, [], [])


def test_a_schedule_that_is_set_meanwhile_replaces_the_end(stage: ClockStage) -> None:
    start(stage, "4h")
    stage.until(at(12))
    scheduled(stage.world, "Mon-Fri 08:00-20:00 UTC", pattern="stag*")
    stage.ask("restart", "staging", "web", who=DEV)  # an entry, as an edit leaves one
    stage.until(at(15))
    assert (stage.desired(), stage.clocked()) == (UP, [])
    stage.until(at(20, 10))
    assert stage.clocked() == [("stop", "succeeded")]


def test_a_start_longer_than_a_developers_right_needs_an_operator(stage: ClockStage) -> None:
    start(stage, "20h")
    assert stage.entries("refused")[-1].operation == "start"
    assert stage.desired() == DOWN


def test_a_stop_in_part_is_not_made_again_over_a_start_by_hand(stage: ClockStage) -> None:
    start(stage, "4h")
    stage.until(at(13))
    script = stage.world.aws("staging").script
    script.fail("set_desired", Denied("AWS did not allow it."), nth=script.count("set_desired") + 1)
    stage.until(at(14, 2))
    assert stage.clocked() == [("stop", "partial")]
    stage.ask("start", "staging", who=DEV)
    stage.until(at(16))
    assert (stage.desired(), stage.clocked()) == (UP, [("stop", "partial")])
