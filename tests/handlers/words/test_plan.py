"""A hash binds a plan. A step's state is planned, began or ended."""

from __future__ import annotations

from dataclasses import replace

from handlers.words.plan import Plan
from handlers.words.step import StepState
from tests.handlers.kinds import step

PLAN = Plan("purging", (step("a"), step("b", 0, keys=3)), {"running": 2}, ("3 keys",))


def test_the_hash_covers_what_is_done_and_what_was_promised() -> None:
    a, b = PLAN.steps
    others = [
        replace(PLAN, doing="burning"),
        replace(PLAN, notes=("4,000 keys",)),
        replace(PLAN, steps=()),
        replace(PLAN, steps=(b, a)),
        replace(PLAN, steps=(a, replace(b, kind="other"))),
        replace(PLAN, steps=(a, replace(b, on="c"))),
        replace(PLAN, steps=(a, replace(b, after=()))),
        replace(PLAN, steps=(a, replace(b, arguments={"keys": 4}))),
    ]
    assert len({PLAN.hash, *(p.hash for p in others)}) == 9


def test_the_hash_ignores_the_state_before_which_may_change_while_people_read() -> None:
    assert replace(PLAN, before={"running": 3}).hash == PLAN.hash


def test_the_order_of_arguments_does_not_change_the_hash() -> None:
    one, other = step("a", x=1, y=2), step("a", y=2, x=1)
    assert replace(PLAN, steps=(one,)).hash == replace(PLAN, steps=(other,)).hash


def test_a_step_has_ended_unless_it_is_planned_or_began() -> None:
    assert [s for s in StepState if not s.ended] == [StepState.PLANNED, StepState.BEGAN]
