"""Operations of scripted steps: asked for, and killed on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.words.plan import Step
from handlers.words.step import StepState
from tests.handlers.kinds import Scripted, probe
from tests.handlers.stage import Stage
from tests.handlers.wire import Killed
from tests.handlers.world import World

A_MINUTE = timedelta(minutes=1)


def play(world: World, kind: Scripted, *steps: Step) -> Stage:
    """Return a stage on which the steps were asked for."""
    stage = Stage(world, operations=[probe(*steps)], kinds=[kind])
    stage.ask("probe", "staging")
    return stage


def killed(world: World, kind: Scripted, *steps: Step) -> Stage:
    """Ask for the same steps, kill the process on the way, and return the stage of the process that comes
    after the lease.
    """
    with pytest.raises(Killed):
        play(world, kind, *steps)
    world.forward(31)
    return Stage(world, holder="two", operations=[probe(*steps)], kinds=[kind])


def states(stage: Stage) -> list[StepState]:
    return [s.state for s in stage.operation().steps]
