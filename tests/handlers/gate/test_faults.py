"""Any port may fail at any call: the gate never raises, acts at most once, and recovers when it can."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from handlers.words.errors import Denied, StoreLost, Trouble, Unanswered
from handlers.words.result import Reply
from policies.record.lifecycle import State
from tests import telling
from tests.handlers.stage import Stage
from tests.handlers.wire import When, Wire
from tests.handlers.world import World

ERRORS: dict[str, Callable[[], Trouble]] = {
    "lost": lambda: StoreLost("The database is gone."),
    "denied": lambda: Denied("AWS does not allow it.", code="AccessDenied", request_id="request-x"),
    "unanswered": lambda: Unanswered("AWS did not answer.", code="Timeout", retry_helps=True),
}


@cache
def _calls() -> tuple[str, ...]:
    wire = Wire()
    stage = Stage(World().catalogue(), wire=wire)
    stage.ask("restart", "staging", "orders-api")
    stage.finish()
    return tuple(wire.passed)


def _points() -> list[tuple[int, When, str]]:
    """Return every call except ``messages.show``, which by its contract never raises. After its effect a call
    to AWS can only be unanswered; a call to the database can be lost too.
    """
    found: list[tuple[int, When, str]] = []
    for number, name in enumerate(_calls(), 1):
        if name != "messages.show":
            found += [(number, "before", error) for error in ERRORS]
            outside = name.startswith(("services", "images", "scopes"))
            found += [(number, "after", error) for error in ("unanswered", "lost")[: 1 if outside else 2]]
    return found


@pytest.mark.parametrize("heir", ["same process", "another process"])
@pytest.mark.parametrize(("at", "when", "error"), _points())
def test_one_fault_anywhere_never_raises_nor_acts_twice(at: int, when: When, error: str, heir: str) -> None:
    world, wire = World().catalogue(), Wire(at=at, when=when, error=ERRORS[error])
    stage = Stage(world, wire=wire)
    answer = stage.ask("restart", "staging", "orders-api")
    for _ in range(3):
        world.move()
        stage.forward(5)
    if heir == "another process":
        world.forward(31)
        stage = Stage(world, holder="two")
    stage.finish()
    assert isinstance(answer, Reply)
    assert wire.cut
    assert world.deploys() <= 1
    opened = [k for k in stage.kinds() if k != "refused"]
    assert opened == ["started", "closed"] * len(stage.operations())
    if "nothing was done" in answer.headline and wire.cut != "operations.open":
        assert not stage.operations()
    if stage.operations():
        assert (stage.operation().state is State.SUCCEEDED) == (world.deploys() == 1)


def _before_open() -> list[int]:
    return list(range(1, _calls().index("operations.open") + 2))


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("at", _before_open())
def test_a_fault_before_the_operation_is_open_runs_no_step(at: int, error: str) -> None:
    world = World().catalogue()
    stage = Stage(world, wire=Wire(at=at, error=ERRORS[error]))
    answer = stage.ask("restart", "staging", "orders-api")
    if _calls()[at - 1] == "people.groups":
        assert telling.status(answer) == "running", "Dev's own grant needs no group"
        return
    assert telling.status(answer) in ("failed", "refused")
    assert (world.deploys(), stage.operations()) == (0, [])


def _store_calls_after_open() -> list[int]:
    calls = _calls()
    opened = calls.index("operations.open") + 1
    stores = ("catalog.", "operations.", "records.")
    return [n for n, name in enumerate(calls, 1) if n > opened and name.startswith(stores)]


@pytest.mark.parametrize("at", _store_calls_after_open())
def test_no_answer_after_opening_says_that_nothing_was_done(at: int) -> None:
    stage = Stage(World().catalogue(), wire=Wire(at=at, error=ERRORS["lost"]))
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(answer) == "running"
    assert telling.operation_of(answer) == stage.operation().id
    assert "nothing was done" not in answer.headline


def test_a_database_lost_after_the_call_leaves_the_operation_to_the_next_holder() -> None:
    world = World().catalogue()
    stage = Stage(world)
    lost: list[str] = []

    def away(method: str) -> None:
        if world.deploys() and world.store.memory.clock < 100:
            lost.append(method)
            raise StoreLost("The database is gone.")

    world.store.before_call(away)
    assert telling.status(stage.ask("restart", "staging", "orders-api")) == "running"
    for _ in range(5):
        world.forward(5)
        stage.advance.once(stage.operation().id)
    assert stage.operation().steps[0].answered is False
    world.forward(100)
    heir = Stage(world, holder="two")
    heir.finish()
    assert "operations.mark" in lost
    assert heir.operation().state is State.SUCCEEDED
    assert heir.operation().steps[0].evidence["adopted"] is True
    assert world.deploys() == 1
