"""Transitions: acted on once, made up late, skipped when old, postponed for reasons, and told before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.words.errors import Denied, Unanswered
from handlers.words.message import Status
from handlers.words.result import Choice
from policies.service.facts import ServiceDeployment
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.stage import ClockStage, at, scheduled
from tests.handlers.world import DEV, OLU, World

DOWN = {"orders-api": 0, "web": 0}
UP = {"orders-api": 2, "web": 2}


@pytest.fixture
def posts() -> FakePosts:
    return FakePosts()


@pytest.fixture
def stage(posts: FakePosts) -> ClockStage:
    world = World().catalogue()
    world.clock.at = at(18)
    return ClockStage(scheduled(world), posts=posts)


def heir(stage: ClockStage) -> ClockStage:
    """Return another process, after this one was killed."""
    stage.world.store.pass_time(3_600)
    return ClockStage(stage.world, posts=stage.posts, holder=f"heir-{stage.world.clock.at:%H%M%S}")


def test_a_schedule_stops_in_the_evening_and_starts_in_the_morning(stage: ClockStage, golden: Golden) -> None:
    stage.until(at(19, 29))
    assert stage.posts.posted == []
    stage.until(at(19, 31))
    assert stage.notice().status == "stopping soon"
    assert stage.notice().headline == golden
    assert [o.operation for o in stage.notice().offers] == ["pause", "keep", "keep", "stop"]
    stage.until(at(19, 59))
    assert stage.desired() == UP
    stage.until(at(20, 10))
    assert stage.desired() == DOWN
    assert stage.clocked() == [("stop", "succeeded")]
    stage.until(at(20, 15))
    assert stage.notice().status == "stopped"
    assert "`staging` stopped at 20:0" in telling.headline(stage.notice())
    stage.until(at(8, 10, day=1))
    assert stage.desired() == UP
    assert stage.clocked() == [("stop", "succeeded"), ("start", "succeeded")]
    assert "Started again" in stage.notice().headline
    assert stage.notice().status == "started again"
    assert len(stage.posts.posted) == 1


def test_an_environment_without_a_schedule_is_left_alone(posts: FakePosts) -> None:
    world = World().catalogue()
    world.clock.at = at(18)
    stage = ClockStage(world, posts=posts)
    stage.until(at(22))
    assert (stage.clocked(), posts.posted) == ([], [])


def test_production_is_never_stopped_by_a_pattern(posts: FakePosts) -> None:
    world = World().catalogue()
    world.clock.at = at(18)
    stage = ClockStage(scheduled(world, pattern="*"), posts=posts)
    stage.until(at(22))
    assert {o.environment for o in stage.operations()} <= {"staging", "qa-eu"}


def test_a_pause_at_the_notice_keeps_the_environment_on_until_the_morning(
    stage: ClockStage, golden: Golden
) -> None:
    stage.until(at(19, 31))
    stage.press(stage.notice().offers[0], who=DEV)
    stage.until(at(20, 30))
    assert stage.desired() == UP
    assert stage.notice().status == "kept on"
    assert stage.notice().headline == golden
    assert [o.label for o in stage.notice().offers] == ["Undo"]
    stage.until(at(9, day=1))
    assert [name for name, _ in stage.clocked()].count("stop") == 0
    assert (stage.notice().status, stage.notice().offers) == ("kept on", ())
    assert stage.notice().headline == golden


def test_two_more_hours_delay_the_stop_and_give_it_a_notice_of_its_own(stage: ClockStage) -> None:
    stage.until(at(19, 31))
    stage.press(stage.notice().offers[1], who=DEV)
    stage.until(at(21, 59))
    assert stage.desired() == UP
    stage.until(at(22, 10))
    assert stage.desired() == DOWN
    assert len(stage.posts.posted) == 2


def test_a_second_press_of_the_same_button_makes_no_second_override(stage: ClockStage) -> None:
    stage.until(at(19, 31))
    pause = stage.notice().offers[0]
    stage.press(pause, who=DEV)
    stage.press(pause, who=DEV)
    assert len(stage.world.store.memory.overrides) == 1


def test_an_undone_pause_lets_the_next_stop_happen(stage: ClockStage) -> None:
    stage.until(at(19, 31))
    stage.press(stage.notice().offers[0], who=DEV)
    stage.until(at(19, 33))
    (undo,) = stage.notice().offers
    stage.press(undo, who=DEV)
    stage.until(at(20, 10))
    assert stage.desired() == DOWN


def test_a_pause_removed_after_the_stop_time_leaves_its_notice_true(
    stage: ClockStage, golden: Golden
) -> None:
    stage.until(at(19, 31))
    stage.press(stage.notice().offers[0], who=DEV)
    stage.until(at(20, 30))
    (undo,) = stage.notice().offers
    stage.press(undo, who=DEV)
    stage.until(at(20, 35))
    first, second = stage.posts.stands.values()
    assert (first.status, first.offers) == ("kept on", ())
    assert first.headline == golden
    assert second.headline == golden
    stage.until(at(20, 50))
    assert stage.desired() == DOWN


def test_a_bot_that_was_down_at_the_stop_tells_first_and_stops_once(stage: ClockStage) -> None:
    stage.until(at(18, 50))
    stage.world.forward(30 * 60)
    stage = heir(stage)
    stage.world.clock.at = at(20, 20)
    stage.beat()
    assert len(stage.posts.posted) == 1
    assert stage.desired() == UP
    stage.until(at(20, 29))
    assert stage.desired() == UP
    stage.until(at(20, 35))
    assert stage.desired() == DOWN
    stage.until(at(22))
    assert stage.clocked() == [("stop", "succeeded")]


def test_a_bot_that_was_down_for_two_days_skips_old_transitions_and_records_that(stage: ClockStage) -> None:
    stage.jump(at(12, day=3))
    stage.until(at(12, 10, day=3))
    claimed = stage.claimed()
    assert [claimed[f"stop {day} 20:00"] for day in ("Mon", "Tue", "Wed")] == ["skipped"] * 3
    assert claimed["start Thu 08:00"] == "opened"
    assert stage.clocked() == [("start", "unchanged")]


def test_a_clock_that_jumps_back_repeats_nothing(stage: ClockStage) -> None:
    stage.until(at(20, 10))
    stage.world.clock.at = at(19)
    stage.until(at(20, 30))
    assert stage.clocked() == [("stop", "succeeded")]
    assert len(stage.posts.posted) == 1


def test_a_new_process_repeats_nothing(stage: ClockStage) -> None:
    stage.until(at(20, 10))
    after = heir(stage)
    after.until(at(21))
    assert after.clocked() == [("stop", "succeeded")]
    assert len(after.posts.posted) == 1


def test_two_replicas_act_once(stage: ClockStage) -> None:
    other = ClockStage(stage.world, posts=stage.posts, holder="two")
    stage.until(at(19, 31))
    other.beat()
    for _ in range(40):
        stage.minute()
        other.beat()
    assert stage.clocked() == [("stop", "succeeded")]


def test_a_silent_slack_delays_the_stop_for_half_an_hour_and_no_longer(stage: ClockStage) -> None:
    stage.posts.silent = True
    stage.until(at(20, 29))
    assert stage.desired() == UP
    stage.until(at(20, 40))
    assert stage.desired() == DOWN
    stage.posts.silent = False
    stage.until(at(20, 45))
    assert "stopped" in stage.notice().headline


def test_an_environment_without_a_channel_is_not_stopped_silently(posts: FakePosts) -> None:
    from tests.handlers.world import environment

    world = World().catalogue(environment("staging", channel=""))
    world.clock.at = at(18)
    stage = ClockStage(scheduled(world), posts=posts)
    stage.until(at(21))
    assert stage.claimed()["stop Mon 20:00"] == "skipped"
    assert stage.desired() == UP


def test_observing_changes_nothing_and_says_what_would_have_happened(
    posts: FakePosts, golden: Golden
) -> None:
    world = World().catalogue()
    world.clock.at = at(18)
    stage = ClockStage(scheduled(world, mode="observe"), posts=posts)
    stage.until(at(20, 10))
    assert (stage.clocked(), stage.desired()) == ([], UP)
    assert stage.claimed()["stop Mon 20:00"] == "observed"
    assert stage.notice().headline == golden


def test_observing_says_only_the_time_if_aws_does_not_answer(posts: FakePosts, golden: Golden) -> None:
    world = World().catalogue()
    world.clock.at = at(19, 59)
    world.aws("staging").script.fail("sizes", Unanswered("AWS did not answer."))
    stage = ClockStage(scheduled(world, mode="observe"), posts=posts)
    stage.until(at(20, 10))
    assert stage.claimed()["stop Mon 20:00"] == "observed"
    assert stage.notice().headline == golden


def test_a_running_restart_postpones_the_stop(stage: ClockStage) -> None:
    stage.until(at(19, 59))
    stage.ask("restart", "staging", "web", who=DEV)
    stage.jump(at(20) + timedelta(seconds=10))
    assert stage.claimed()["stop Mon 20:00"] == "postponed"
    stage.until(at(20, 20))
    assert stage.desired() == DOWN


def test_an_aws_that_does_not_answer_is_asked_again(stage: ClockStage) -> None:
    stage.until(at(19, 59))
    aws = stage.world.aws("staging")
    silence = Unanswered("AWS did not answer.", retry_helps=True)
    aws.script.fail("members", silence, nth=aws.script.count("members") + 1)
    stage.until(at(20, 10))
    assert stage.desired() == DOWN
    assert stage.clocked() == [("stop", "succeeded")]


def stopped_in_part(stage: ClockStage) -> None:
    """The first service's count could not be changed, and the retry is ahead."""
    stage.until(at(19, 59))
    aws = stage.world.aws("staging")
    denied = Denied("AWS does not allow it.", code="AccessDeniedException")
    aws.script.fail("set_desired", denied, nth=aws.script.count("set_desired") + 1)
    stage.until(at(20, 2))
    assert stage.clocked() == [("stop", "partial")]


def test_a_failure_is_told_in_a_message_and_fixed_by_a_retry(stage: ClockStage) -> None:
    stopped_in_part(stage)
    (only,) = stage.world.store.memory.messages.values()
    assert only.channel == "C0STAGING"
    stage.until(at(20, 20))
    assert stage.desired() == DOWN
    assert stage.clocked() == [("stop", "partial"), ("stop", "succeeded")]
    first, again = stage.operations()
    assert again.arguments["retry_of"] == first.id
    assert len(stage.world.store.memory.messages) == 1
    assert stage.notice().status == "stopped"


def test_a_retry_that_has_to_wait_is_not_asked_for_at_each_tick(stage: ClockStage) -> None:
    stopped_in_part(stage)
    aws = stage.world.aws("staging")
    baking = ServiceDeployment("arn:x/y", "IN_PROGRESS", stage.world.clock.at, stage="BAKE_TIME")
    aws.services.change("orders-api", desired=2, strategy="BLUE_GREEN", service_deployment=baking)
    before = len(stage.entries())
    for _ in range(48):
        stage.world.forward(5)
        stage.beat()
    assert [e.kind for e in stage.entries()[before:]] == ["refused"]
    stage.until(at(20, 20))
    assert stage.desired() == DOWN


def test_a_role_without_a_permission_stops_nothing_and_the_stop_is_tried_again(stage: ClockStage) -> None:
    permissions = stage.world.aws("staging").permissions
    permissions.denied.add("ecs:UpdateService")
    stage.until(at(20, 20))
    assert (stage.clocked(), stage.desired()) == ([], UP)
    assert stage.claimed()["stop Mon 20:00"] == "postponed"
    told = [said for _, _, said in stage.posts.posted if said.status == "not stopped"]
    assert ["`ecs:UpdateService` on `orders-api`" in said.headline for said in told] == [True]
    assert "Next attempt at 20:3" in telling.headline(stage.posts.stands["ts-00001"])
    assert [e.kind for e in stage.entries()] == ["refused"]
    permissions.denied.clear()
    stage.until(at(20, 40))
    assert stage.desired() == DOWN


def test_a_message_that_slack_does_not_take_is_posted_later(stage: ClockStage) -> None:
    stage.world.aws("staging").permissions.denied.add("ecs:UpdateService")
    stage.until(at(19, 59))
    stage.posts.silent = True
    stage.until(at(20, 5))
    stage.posts.silent = False
    stage.until(at(20, 8))
    assert [said.status for _, _, said in stage.posts.posted].count(Status.NOT_STOPPED) == 1


def test_observing_a_stopped_environment_promises_no_saving(posts: FakePosts) -> None:
    world = World().catalogue()
    world.clock.at = at(18)
    stage = ClockStage(scheduled(world, mode="observe"), posts=posts)
    stage.sure("stop", "staging", who=OLU)
    stage.until(at(20, 10))
    assert stage.desired() == DOWN
    assert stage.notice().status == "observing"
    assert "USD" not in stage.notice().headline


def test_no_stop_is_announced_for_an_environment_stopped_by_hand(stage: ClockStage) -> None:
    """The stop would not happen."""
    stage.sure("stop", "staging", who=OLU)
    stage.until(at(20, 30))
    assert (stage.posts.posted, stage.clocked()) == ([], [])
    assert stage.claimed() == {"stop Mon 20:00": "skipped"}
    stage.until(at(8, 10, day=1))
    assert stage.clocked() == [("start", "succeeded")]


def test_an_environment_stopped_by_hand_and_started_again_is_announced_and_stopped(stage: ClockStage) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.until(at(19, 40))
    stage.ask("start", "staging", who=DEV)
    stage.until(at(19, 45))
    assert stage.notice().status == "stopping soon"
    stage.until(at(20, 10))
    assert stage.clocked() == [("stop", "succeeded")]


def test_an_environment_that_something_else_started_is_announced_and_stopped(stage: ClockStage) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.until(at(18, 30))
    stage.world.aws("staging").services.change("web", desired=2)
    stage.until(at(20, 10))
    assert stage.notice().status == "stopped"
    assert stage.desired() == DOWN


def test_a_stop_that_ends_a_keep_is_followed_by_no_other(stage: ClockStage) -> None:
    """The stop lies outside the window, so that the keep's end is a transition."""
    stage.ask("keep", "staging", who=DEV, arguments={"words": "until 23:00"})
    stage.until(at(21))
    said = len(stage.posts.posted)
    stage.sure("stop", "staging", who=OLU)
    stage.until(at(23, 30))
    assert stage.desired() == DOWN
    assert (len(stage.posts.posted), stage.clocked()) == (said, [])


def test_stop_now_asks_first_and_ends_the_keep(stage: ClockStage) -> None:
    stage.until(at(19, 31))
    _, longer, _, now = stage.notice().offers
    stage.press(longer, who=DEV)
    asked = stage.press(now, who=OLU)
    assert isinstance(asked, Choice)
    assert stage.desired() == UP
    stage.press(asked.offers[0], who=OLU)
    stage.until(at(19, 45))
    assert stage.desired() == DOWN
    assert not stage.world.store.book.overrides.current(stage.world.clock.at)
