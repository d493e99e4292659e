"""If our bucket has no room for one step, the others of its kind do not spend reads to learn the same."""

from __future__ import annotations

import pytest

from handlers.words.errors import NotNow, Throttled
from handlers.words.step import Repeat
from policies.record.lifecycle import State
from tests.handlers.clock.stage import scheduled
from tests.handlers.gate.plays import play
from tests.handlers.kinds import Scripted, done, probe, step
from tests.handlers.stage import Stage
from tests.handlers.world import World

NO_ROOM = Throttled("Too much is being asked of AWS just now.", retry_helps=True)
REFUSED = NotNow("It is being modified.", "InvalidDBInstanceState", retry_helps=True)


@pytest.mark.parametrize("method", ["before", "act"])
def test_the_next_step_of_the_kind_is_not_tried_in_that_turn(world: World, method: str) -> None:
    kind = Scripted(repeat=Repeat.SAFE).says(method, "b", NO_ROOM, {})
    stage = play(world, kind, step("a"), step("b"), step("c"))
    assert [kind.count("before", name) for name in "abc"] == [1, 1, 0]
    assert stage.operation().state is State.RUNNING
    stage.forward(5)
    assert [kind.count("before", name) for name in "abc"] == [1, 2, 1]
    assert stage.operation().state is State.SUCCEEDED


def test_a_refusal_by_aws_for_one_step_does_not_hold_back_the_others(world: World) -> None:
    kind = Scripted(repeat=Repeat.SAFE).says("act", "a", REFUSED)
    play(world, kind, step("a"), step("b"))
    assert [kind.count("act", name) for name in "ab"] == [1, 1]


def test_a_look_for_the_clock_without_room_gives_way_for_half_a_minute(world: World) -> None:
    kind = Scripted(repeat=Repeat.SAFE).says("look", "a", NO_ROOM, done("a is done"))
    stage = Stage(scheduled(world), operations=[probe(step("a"))], kinds=[kind])
    stage.ask("probe", "staging", source="clock")
    stage.forward(29)
    assert (kind.count("look", "a"), stage.operation().state) == (1, State.RUNNING)
    stage.forward(1)
    assert (kind.count("look", "a"), stage.operation().state) == (2, State.SUCCEEDED)
