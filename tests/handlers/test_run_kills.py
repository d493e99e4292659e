"""kill -9 before and after every call of a run, then another process: its task runs at most once, the
operation is closed once, and its recorded end is the true one.
"""

from __future__ import annotations

from functools import cache

import pytest

from handlers.words.errors import Unanswered
from policies.record.lifecycle import State
from tests.handlers.approving import ApprovingWorld
from tests.handlers.stage import Stage
from tests.handlers.wire import Killed, When, Wire, moments

LEASE = 31


def _run(stage: Stage, world: ApprovingWorld) -> None:
    stage.ask("run", "staging", arguments={"task": "db-migrate"})
    stage.forward(5)
    world.runs.end({"migrate": 0})
    stage.finish()


@cache
def _calls() -> tuple[str, ...]:
    """Return every call of one undisturbed run, in order."""
    world, wire = ApprovingWorld().approving(), Wire()
    _run(Stage(world, wire=wire), world)
    return tuple(wire.passed)


@pytest.mark.parametrize(("at", "when"), moments(_calls()))
def test_a_run_killed_anywhere_starts_one_task_at_most_and_ends_truly(at: int, when: When) -> None:
    world, wire = ApprovingWorld().approving(), Wire(at=at, when=when)
    with pytest.raises(Killed):
        _run(Stage(world, wire=wire), world)
    heir = Stage(world, holder="two")
    heir.forward(LEASE)
    heir.forward(5)
    world.runs.end({"migrate": 0})
    heir.finish()
    opened = heir.operations()
    assert [k for k in heir.kinds() if k != "refused"] == ["started", "closed"] * len(opened)
    assert len(world.runs.orders) == len(opened), "the token makes a repeated call the same task"
    assert [o.state for o in opened] == [State.SUCCEEDED] * len(opened)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_of_the_start_is_one_task_all_the_same(when: When) -> None:
    start = _calls().index("runs.start") + 1
    world = ApprovingWorld().approving()
    wire = Wire(at=start, when=when, error=lambda: Unanswered("AWS did not answer."))
    stage = Stage(world, wire=wire)
    _run(stage, world)
    assert (len(world.runs.orders), stage.operation().state) == (1, State.SUCCEEDED)
