"""kill -9 before and after every call while a one-off task is stopped, then another process: the task ends,
the other tasks run on, and each operation is closed once.
"""

from __future__ import annotations

from functools import cache

import pytest

from handlers.words.errors import Unanswered
from policies.record.lifecycle import State
from tests.handlers.approving import ApprovingWorld
from tests.handlers.stage import Stage
from tests.handlers.wire import Killed, When, Wire, moments
from tests.handlers.world import OLU

LEASE = 31


def _running() -> tuple[ApprovingWorld, str]:
    """Return a world in which a task runs that was run from here, and the id of one that was not."""
    world = ApprovingWorld().approving()
    other = world.aws().tasks.run("report", by="ci")
    stage = Stage(world)
    stage.ask("run", "staging", arguments={"task": "db-migrate"})
    stage.forward(5)
    return world, other


def _end(stage: Stage) -> None:
    stage.ask("end", "staging", who=OLU)
    stage.finish()


@cache
def _calls() -> tuple[str, ...]:
    """Return every call of one undisturbed end, in order."""
    (world, _), wire = _running(), Wire()
    _end(Stage(world, holder="two", wire=wire))
    return tuple(wire.passed)


@pytest.mark.parametrize(("at", "when"), moments(_calls()))
def test_an_end_killed_anywhere_stops_exactly_its_task_or_never_began(at: int, when: When) -> None:
    world, other = _running()
    wire = Wire(at=at, when=when)
    with pytest.raises(Killed):
        _end(Stage(world, holder="two", wire=wire))
    heir = Stage(world, holder="three")
    heir.forward(LEASE)
    if len(heir.operations()) == 1:  # nothing was opened, so whoever asked asks again
        _end(heir)
    heir.finish()
    ran, ended = heir.operations()
    assert (ran.state, ended.state) == (State.FAILED, State.SUCCEEDED)
    assert [k for k in heir.kinds() if k != "refused"].count("closed") == 2
    assert [task.id for task in world.aws().tasks.one_off()] == [other]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_of_the_stop_is_asked_again(when: When) -> None:
    world, other = _running()
    stop = _calls().index("tasks.stop") + 1
    wire = Wire(at=stop, when=when, error=lambda: Unanswered("AWS did not answer."))
    stage = Stage(world, holder="two", wire=wire)
    _end(stage)
    stage.forward(LEASE)
    stage.finish()
    assert stage.operations()[-1].state is State.SUCCEEDED
    assert [task.id for task in world.aws().tasks.one_off()] == [other]
