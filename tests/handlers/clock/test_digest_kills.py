"""A digest that is killed, or meets a fault, at any of its calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from handlers.words.errors import StoreLost, Trouble, Unanswered
from tests.fakes.posts import FakePosts
from tests.handlers.clock.test_digest import MONDAY, Process, installed, state
from tests.handlers.wire import Killed, Wire, moments


@cache
def calls() -> tuple[str, ...]:
    """Return every call of one undisturbed digest."""
    wire = Wire()
    Process(installed(at=MONDAY), FakePosts(), wire=wire).tick()
    return tuple(wire.passed)


@pytest.mark.parametrize(("number", "when"), moments(calls()))
def test_a_digest_killed_at_any_call_is_posted_once_or_recorded_as_unknown(number: int, when: Any) -> None:
    world, posts = installed(at=MONDAY), FakePosts()
    with pytest.raises(Killed):
        Process(world, posts, wire=Wire(at=number, when=when)).tick()
    Process(world, posts, holder="two").until(MONDAY + timedelta(hours=1))
    cut = calls()[number - 1]
    assert len(posts.posted) <= 1
    assert state(world) in ("posted", "unknown")
    if state(world) == "posted":
        assert len(posts.posted) == 1
    else:
        assert cut in ("digests.claim", "posts.post", "digests.settle")


def faults() -> list[tuple[int, Any, Any]]:
    """Pair each call with its fault: a lost database at database calls, a silent Slack at Slack calls."""
    lost: Any = lambda: StoreLost("The database is gone.")  # noqa: E731
    silent: Any = lambda: Unanswered("Silence.")  # noqa: E731
    return [
        (number, silent if call.startswith("posts.") else lost, when)
        for number, call in enumerate(calls(), 1)
        for when in ("before", "after")
    ]


@pytest.mark.parametrize(("number", "error", "when"), faults())
def test_a_fault_at_any_call_posts_nothing_twice(
    number: int, error: Callable[[], Trouble], when: Any
) -> None:
    world, posts = installed(at=MONDAY), FakePosts()
    process = Process(world, posts, wire=Wire(at=number, when=when, error=error))
    for _ in range(240):
        world.clock.at += timedelta(seconds=31)
        try:
            process.tick()
        except Trouble:
            continue
    assert len(posts.posted) <= 1
    assert state(world) in ("posted", "unknown")
