"""kill -9 around every call of what only writes rows, then another process: the rows are as after an
undisturbed one, and each operation is closed once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from policies.access.grants import Grant
from policies.access.people import Role, SlackPerson
from policies.record.lifecycle import State
from tests.fakes.posts import FakePosts
from tests.handlers.clock.stage import ClockStage, at, scheduled
from tests.handlers.orphaned import LOST, found, now_of
from tests.handlers.stage import Stage
from tests.handlers.wire import Killed, When, Wire
from tests.handlers.world import DEV, GRANTS, PRODUCTION, QA, STAGING, World

LEASE = 31
MINE = (*GRANTS, Grant(DEV.id, Role.DEVELOPER, "pr-*"))


@dataclass(frozen=True)
class Way:
    """What somebody asks for, ``after`` what; ``left`` returns what of it is told apart in the rows."""

    operation: str
    arguments: dict[str, str]
    left: Callable[[World], Any]
    environment: str = "staging"
    who: SlackPerson = DEV
    after: tuple[str, dict[str, str]] | None = None


def _overrides(world: World) -> list[Any]:
    held = world.store.book.overrides.current(world.clock.at)
    return [(o.state, o.until, o.reason, o.actor_name, o.planned_at is None) for o in held]


def _answered(world: World) -> Any:
    finding = now_of(world)
    return (finding.answer and finding.answer.reason, [a.by_name for a in finding.denied])


WAYS = {
    "keep": Way("keep", {"words": "until 23:00"}, _overrides),
    "planned": Way("keep", {"words": 'tomorrow 06:30-07:30 "demo"'}, _overrides),
    "pause": Way("pause", {}, _overrides),
    "resume": Way("resume", {}, _overrides, after=("keep", {"words": "until 23:00"})),
    "retain": Way("retain", {"words": '30d "demo on Friday"'}, _answered, "pr-142"),
    "disown": Way("disown", {}, _answered, "pr-142"),
}


def _world(way: Way) -> World:
    world = World().catalogue(STAGING, QA, PRODUCTION, LOST, grants=MINE)
    scheduled(world)
    found(world)
    if way.after is not None:
        operation, arguments = way.after
        Stage(world).ask(operation, way.environment, arguments=arguments, who=way.who)
    return world


def _ask(stage: Stage, way: Way) -> None:
    stage.ask(way.operation, way.environment, arguments=way.arguments, who=way.who)
    stage.finish()


@cache
def _undisturbed(name: str) -> tuple[tuple[str, ...], Any]:
    """Return every call of one that nothing disturbs, in order, and what it leaves."""
    way, wire = WAYS[name], Wire()
    world = _world(way)
    _ask(Stage(world, holder="two", wire=wire), way)
    return tuple(wire.passed), way.left(world)


def _points() -> list[tuple[str, int, When]]:
    """Before a call, all is as after the call before it."""
    counts = {name: len(_undisturbed(name)[0]) for name in WAYS}
    after: list[tuple[str, int, When]] = [
        (name, n, "after") for name, count in counts.items() for n in range(1, count + 1)
    ]
    return [*[(name, 1, "before") for name in WAYS], *after]


@pytest.mark.parametrize(("name", "place", "when"), _points())
def test_a_kill_anywhere_leaves_the_same_rows_and_one_closed_operation(
    name: str, place: int, when: When
) -> None:
    way = WAYS[name]
    world = _world(way)
    before = len(Stage(world).operations())
    with pytest.raises(Killed):
        _ask(Stage(world, holder="two", wire=Wire(at=place, when=when)), way)
    heir = Stage(world, holder="three")
    heir.forward(LEASE)
    if len(heir.operations()) == before:  # nothing was opened, so whoever asked asks again
        _ask(heir, way)
    heir.finish()
    assert [o.state for o in heir.operations()] == [State.SUCCEEDED] * (before + 1)
    assert heir.kinds().count("closed") == before + 1
    assert way.left(world) == _undisturbed(name)[1]


@pytest.mark.parametrize("name", WAYS)
def test_the_row_is_written_between_calls_that_are_killed(name: str) -> None:
    calls, left = _undisturbed(name)
    assert {"operations.open", "operations.close"} <= set(calls)
    assert left or name == "resume"


BEGINS = at(5, day=1)


def _planned() -> World:
    """Monday evening, minutes before a planned keep begins; staging is off by its schedule."""
    world = World().catalogue()
    world.clock.at = at(19, 29)
    stage = ClockStage(scheduled(world), posts=FakePosts())
    stage.ask("keep", "staging", arguments={"words": 'Tue 05:00-06:30 "demo"'})
    stage.until(at(20, 3))
    assert not any(stage.desired().values())
    stage.jump(BEGINS - timedelta(minutes=1))
    return world


def _begun(world: World) -> list[tuple[str, str]]:
    return [(o.name, o.state.value) for o in Stage(world).operations() if o.source == "clock"]


@cache
def _calls_of_a_beginning() -> tuple[str, ...]:
    """Every call of the beat in which it begins, until its operation is closed."""
    world, wire = _planned(), Wire()
    ClockStage(world, posts=FakePosts(), holder="two", wire=wire).minute()
    return tuple(wire.passed[: wire.passed.index("operations.close") + 1])


@pytest.mark.parametrize("place", range(1, len(_calls_of_a_beginning()) + 1))
def test_a_planned_keep_whose_beginning_is_killed_anywhere_begins_once(place: int) -> None:
    world = _planned()
    with pytest.raises(Killed):
        ClockStage(world, posts=FakePosts(), holder="two", wire=Wire(at=place, when="after")).minute()
    heir = ClockStage(world, posts=FakePosts(), holder="three")
    heir.until(BEGINS + timedelta(minutes=5))
    assert [each for each in _begun(world) if each[0] != "stop"] == [
        ("keep", "succeeded"), ("start", "succeeded"),
    ]  # fmt: skip
    (kept,) = world.store.book.overrides.current(world.clock.at)
    assert kept.holds(world.clock.at)
    assert all(heir.desired().values())
