"""Whoever follows a log is killed at every call, or meets another holder: the next one goes on, and the
message has every line once.
"""

from __future__ import annotations

from functools import cache

import pytest

from handlers.words.errors import Rejected, Throttled, Trouble, Unanswered, Unreached
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.following import LEASE, FollowStage, told
from tests.handlers.wire import Killed, When, Wire, moments
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
def calls() -> tuple[str, ...]:
    world, posts = begun()
    wire = Wire()
    assert run([FollowStage(world, posts=posts, wire=wire)]) == EVERY
    assert {"logs.page", "posts.direct", "posts.edit", "follows.write"} <= set(wire.passed)
    return tuple(wire.passed)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_call_neither_repeats_nor_loses_a_line(when: When) -> None:
    for at in (n for n, moment in moments(calls(), begins="follows.all") if moment == when):
        world, posts = begun()
        wire = Wire(at=at, when=when)
        first = FollowStage(world, posts=posts, wire=wire)
        assert run([first, FollowStage(world, posts=posts, holder="two")]) == EVERY, wire.cut
        ((ts, said),) = list(posts.stands.items())[-1:]
        assert said.offers
        assert len(posts.posted) == 1 or wire.cut in ("posts.direct", "follows.write"), wire.cut
        (row,) = world.store.book.follows.all()
        assert (row.ts, row.shown.count) == (ts, len(EVERY))


@pytest.mark.parametrize(("when", "messages"), [("before", 1), ("after", 2)])
def test_the_message_says_that_another_may_stand_above_after_a_kill_while_it_was_posted(
    when: When, messages: int, golden: Golden
) -> None:
    """The bot may not read the direct messages that it wrote, so it cannot find the first one."""
    world, posts = begun()
    FollowStage(world, posts=posts, wire=(counted := Wire())).beat()
    world, posts = begun()
    wire = Wire(at=counted.passed.index("posts.direct") + 1, when=when)
    with pytest.raises(Killed):
        FollowStage(world, posts=posts, wire=wire).beat()
    second = FollowStage(world, posts=posts, holder="two")
    second.beat(LEASE + 1)
    second.writes("line")
    second.beats(4)
    assert len(posts.posted) == messages
    said = posts.stands[posts.posted[-1][1]]
    assert [note for note in telling.notes(said) if "was lost" in note] == golden(name="note")
    assert told(said) == ["line"]
    second.press(said.offers[0], who=DEV)
    second.beats(2)
    assert [note for note in telling.notes(posts.stands[posts.posted[-1][1]]) if "was lost" in note]


@pytest.mark.parametrize(
    ("trouble", "noted"),
    [
        (Throttled("Slack asks to wait.", retry_helps=True), False),
        (Unreached("Slack was not reached.", retry_helps=True), False),
        (Unanswered("Slack did not answer.", retry_helps=True), True),
    ],
)
def test_only_a_post_whose_answer_was_lost_may_stand_above(trouble: Trouble, noted: bool) -> None:
    world, posts = begun()
    stage = FollowStage(world, posts=posts)
    posts.closed[DEV.user] = trouble
    stage.beats(2)
    del posts.closed[DEV.user]
    stage.beats(15)
    notes = telling.notes(stage.message())
    assert any("was lost" in note for note in notes) is noted


def test_a_message_that_slack_never_takes_ends_what_is_followed() -> None:
    world, posts = begun()
    posts.closed[DEV.user] = Rejected("Slack refuses it.")
    FollowStage(world, posts=posts).beat()
    assert not world.store.book.follows.all()


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
