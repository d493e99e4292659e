"""A call that is not accepted now, because our own bucket is empty or AWS throttles or says not now, and how
long it waits.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.words.errors import NotNow, Throttled, Trouble
from handlers.words.step import Repeat, StepState
from policies.record.lifecycle import State
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.gate.plays import A_MINUTE, play, states
from tests.handlers.kinds import Scripted, done, step, waiting
from tests.handlers.stage import Stage
from tests.handlers.world import World

OURS = Throttled("In 3 s.", retry_helps=True)
"""Throttled by our own bucket: AWS was not asked."""
THEIRS = Throttled("AWS is busy.", "ThrottlingException", retry_helps=True)
NOT_NOW = NotNow("RDS does not stop it: it is backing-up.", "InvalidDBInstanceState", "r-1", retry_helps=True)


def wait(stage: Stage, *, hours: int, minutes: int = 0) -> None:
    """Tick every five minutes, often enough that a planned step is not found too late to begin; every minute
    for the time beyond whole hours.
    """
    for seconds, times in ((300, hours * 12), (60, minutes)):
        for _ in range(times):
            stage.forward(seconds)


@pytest.mark.parametrize("repeat", [Repeat.SAFE, Repeat.NEVER])
def test_a_step_that_could_not_begin_for_a_day_has_failed_in_words(
    world: World, repeat: Repeat, golden: Golden
) -> None:
    """The step's facts could be read each time; that alone does not begin it."""
    kind = Scripted(repeat=repeat).says("act", "a", OURS)
    stage = play(world, kind, step("a"), step("b", 0))
    wait(stage, hours=23, minutes=59)
    assert (stage.operation().state, states(stage)[0]) == (State.RUNNING, StepState.PLANNED)
    assert stage.operation().steps[0].sentence == golden(name="waiting")
    wait(stage, hours=0, minutes=2)
    assert states(stage) == [StepState.FAILED, StepState.LEFT_OUT]
    assert stage.operation().steps[0].sentence == golden(name="failed")
    assert stage.last().outcome == "failed"


def test_reading_the_facts_waits_for_our_bucket_as_the_call_does(world: World) -> None:
    kind = Scripted(deadline=A_MINUTE).says("before", "a", OURS)
    stage = play(world, kind, step("a"))
    wait(stage, hours=23)
    assert stage.operation().state is State.RUNNING
    wait(stage, hours=1, minutes=1)
    assert (states(stage), kind.acted()) == ([StepState.FAILED], [])


def test_the_day_counts_all_the_waiting_before_a_step_begins(world: World) -> None:
    """What throttles may change; the day does not start again."""
    kind = Scripted().says("act", "a", *[OURS, THEIRS] * 2_000)
    stage = play(world, kind, step("a"))
    wait(stage, hours=24, minutes=1)
    assert states(stage) == [StepState.FAILED]


def test_steps_waiting_behind_one_another_share_the_day(world: World) -> None:
    kind = Scripted()
    for name in ("a", "b", "c"):
        kind.says("act", name, OURS)
    stage = play(world, kind, step("a"), step("b"), step("c"))
    wait(stage, hours=23, minutes=59)
    assert states(stage) == [StepState.PLANNED] * 3
    wait(stage, hours=0, minutes=3)
    assert (states(stage), stage.operation().state) == ([StepState.FAILED] * 3, State.FAILED)


def test_a_step_does_not_inherit_the_wait_of_an_accepted_step(world: World) -> None:
    kind = Scripted().says("act", "a", OURS, {}).says("act", "b", OURS, {})
    kind.says("look", "a", *[waiting(START)] * 12 * 30, done("a done"))
    stage = play(world, kind, step("a"), step("b", 0))
    wait(stage, hours=31)
    assert states(stage) == [StepState.DONE, StepState.DONE]


@pytest.mark.parametrize("held", [OURS, NOT_NOW])
def test_an_operation_waiting_longer_than_ten_minutes_is_not_found_too_late(
    world: World, held: Trouble
) -> None:
    kind = Scripted().says("act", "a", *[held] * 14, {})
    stage = play(world, kind, step("a"))
    wait(stage, hours=0, minutes=14)
    assert (stage.operation().state, stage.operation().steps[0].began_at) == (
        State.SUCCEEDED,
        START + timedelta(minutes=14),
    )


@pytest.mark.parametrize(("away", "state"), [(599, State.SUCCEEDED), (601, State.INTERRUPTED)])
def test_an_operation_that_waited_and_was_then_left_alone_is_found_too_late(
    world: World, away: int, state: State
) -> None:
    kind = Scripted().says("act", "a", *[OURS] * 15, {})
    stage = play(world, kind, step("a"))
    wait(stage, hours=0, minutes=14)
    stage.forward(away)
    assert stage.operation().state is state


def test_a_throttled_call_that_may_be_repeated_is_repeated(world: World) -> None:
    kind = Scripted(repeat=Repeat.SAFE).says("act", "a", THEIRS, {})
    stage = play(world, kind, step("a"))
    assert (states(stage), stage.operation().steps[0].evidence["code"]) == (
        [StepState.PLANNED],
        "ThrottlingException",
    )
    stage.forward(5)
    assert stage.operation().state is State.SUCCEEDED


def test_a_call_that_aws_does_not_accept_now_is_repeated_and_says_so(world: World, golden: Golden) -> None:
    kind = Scripted(repeat=Repeat.SAFE).says("act", "a", NOT_NOW, NOT_NOW, {})
    stage = play(world, kind, step("a"))
    waiting = stage.operation().steps[0]
    assert waiting.sentence == golden
    assert (waiting.state, waiting.began_at, waiting.evidence["code"]) == (
        StepState.PLANNED,
        None,
        "InvalidDBInstanceState",
    )
    stage.forward(5)
    stage.forward(5)
    assert (stage.operation().state, kind.acted()) == (State.SUCCEEDED, ["a"] * 3)


def test_a_call_that_aws_never_accepts_fails_after_the_deadline(world: World, golden: Golden) -> None:
    kind = Scripted(repeat=Repeat.SAFE, deadline=timedelta(minutes=15)).says("act", "a", NOT_NOW)
    stage = play(world, kind, step("a"))
    wait(stage, hours=0, minutes=14)
    assert stage.operation().state is State.RUNNING
    wait(stage, hours=0, minutes=1)
    assert states(stage) == [StepState.FAILED]
    assert stage.operation().summary == golden
    assert stage.last().request_ids == ("r-1",)


def test_not_now_ends_a_step_that_may_never_be_called_twice(world: World) -> None:
    kind = Scripted(repeat=Repeat.NEVER).says("act", "a", NOT_NOW)
    stage = play(world, kind, step("a"))
    assert (states(stage), kind.acted()) == ([StepState.FAILED], ["a"])
