"""Whoever follows a log is killed at every call, or meets another holder: the next one goes on, and the
message has every line once.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.fakes.posts import FakePosts
from tests.handlers.clock.following import LEASE, FollowStage, told
from tests.handlers.wire import Killed, When, Wire
from tests.handlers.world import DEV, World

BEATS = 12
EVERY = [f"line {number}" for number in range(BEATS)]


def begun() -> tuple[World, FakePosts]:
    world, posts = World().catalogue(), FakePosts()
    stage = FollowStage(world, posts=posts)
    for number in (1, 2):
        stage.writes("before", number=number)
    world.forward(120)
    stage.follows()
    return world, posts


def run(stages: list[FollowStage]) -> list[str]:
    """Let lines come in while the first of the stages that live beats; the next takes over from a killed one.
    Return all lines that the message ever had, in order.
    """
    seen: list[str] = []
    for number in range(BEATS + 5):
        if number < BEATS:
            stages[0].writes(EVERY[number], number=1 + number % 2)
        try:
            stages[0].beat()
        except Killed:
            del stages[0]
            stages[0].beat(LEASE + 1)
        seen += [line for line in last(stages[0]) if line not in seen]
    return seen


def last(stage: FollowStage) -> list[str]:
    """Return the lines that the newest direct message has; each stands in it once."""
    lines = told(stage.posts.stands[stage.posts.posted[-1][1]]) if stage.posts.posted else []
    assert len(lines) == len(set(lines))
    return lines


@cache
def calls() -> int:
    world, posts = begun()
    wire = Wire()
    assert run([FollowStage(world, posts=posts, wire=wire)]) == EVERY
    assert {"logs.page", "posts.direct", "posts.edit", "follows.write"} <= set(wire.passed)
    return len(wire.passed)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_call_neither_repeats_nor_loses_a_line(when: When) -> None:
    for at in range(1, calls() + 1):
        world, posts = begun()
        wire = Wire(at=at, when=when)
        first = FollowStage(world, posts=posts, wire=wire)
        assert run([first, FollowStage(world, posts=posts, holder="two")]) == EVERY, wire.cut
        ((ts, said),) = list(posts.stands.items())[-1:]
        assert said.offers
        assert len(posts.posted) == 1 or wire.cut in ("posts.direct", "follows.write"), wire.cut
        (row,) = world.store.book.follows.all()
        assert (row.ts, row.shown.count) == (ts, len(EVERY))


def test_a_holder_that_woke_up_late_writes_nothing_over_the_other_one() -> None:
    world, posts = begun()
    one = FollowStage(world, posts=posts)
    two = FollowStage(world, posts=posts, holder="two")
    one.beat()
    for number in range(2):
        one.writes(EVERY[number])
        for stage in (one, two):
            world.forward(LEASE + 1)
            stage.tenure.beat()
    two.beats(5)
    assert last(two) == EVERY[:2]


def test_a_button_that_is_pressed_while_a_look_is_under_way_still_ends_it() -> None:
    world, posts = begun()
    stage = FollowStage(world, posts=posts)
    stage.beat()
    stage.writes("line")
    button = stage.message().offers[0]
    pressed: list[str] = []

    def press(call: str) -> None:
        if call == "follows.write" and not pressed:
            pressed.append(call)
            stage.press(button, who=DEV)

    world.store.memory.before_call = press
    stage.beats(5)
    world.store.memory.before_call = str
    assert pressed
    assert "stopped following" in stage.message().headline
    assert not world.store.book.follows.all()
