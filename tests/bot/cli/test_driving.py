"""How an operation is driven to its end from a terminal, and left to the bot."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from bot.cli.driving import Driving
from policies.record.lifecycle import State
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, World


class Core:
    """A bot in a world of fakes, with the names that a core has. Asking what is due moves the world."""

    def __init__(self) -> None:
        self.stage = Stage(World().catalogue())
        self.db = self.stage.store
        self.advance: Any = Advancing(self.stage)
        self.settings = Settings()


class Settings:
    tick_seconds = 0.001


class Advancing:
    def __init__(self, stage: Stage) -> None:
        self.stage, self.turns, self.stopped = stage, 0, False
        self.interrupt_at = 0

    def due(self) -> list[str]:
        self.stage.world.move()
        self.stage.world.forward(5)
        return self.stage.advance.due()

    def once(self, operation_id: str) -> None:
        self.turns += 1
        if self.turns == self.interrupt_at:
            os.kill(os.getpid(), signal.SIGINT)
        self.stage.advance.once(operation_id)

    def stop(self) -> None:
        self.stopped = True
        self.stage.advance.stop()


@pytest.fixture
def core() -> Core:
    return Core()


def begin(core: Core) -> str:
    reply = core.stage.ask("restart", "staging", "orders-api", who=DEV)
    return str(reply.operation_id)  # type: ignore[union-attr]


def test_each_step_is_told_once_and_the_end_is_returned(
    core: Core, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = Driving(core).to_the_end(begin(core))  # type: ignore[arg-type]
    assert ended is not None and ended.state is State.SUCCEEDED
    said = capsys.readouterr().out.splitlines()
    assert said and len(said) == len(set(said))
    assert said[-1].strip() == ended.steps[-1].sentence


def test_ctrl_c_finishes_the_turn_and_leaves_the_operation_to_the_next_holder(core: Core) -> None:
    before = signal.getsignal(signal.SIGINT)
    core.advance.interrupt_at = 1
    operation_id = begin(core)
    assert Driving(core).to_the_end(operation_id) is None  # type: ignore[arg-type]
    assert core.advance.stopped
    assert signal.getsignal(signal.SIGINT) is before
    assert core.stage.operation().state is State.RUNNING
    other = Stage(core.stage.world, holder="two")
    other.finish()
    assert core.stage.operation().state is State.SUCCEEDED
    assert [entry.kind for entry in core.stage.entries()] == ["started", "closed"]


def test_what_another_process_holds_is_only_watched(core: Core) -> None:
    operation_id = begin(core)
    other = Stage(core.stage.world, holder="two")
    core.stage.world.forward(3_600)
    core.advance.due = lambda: other.finish() or []  # type: ignore[func-returns-value]
    ended = Driving(core).to_the_end(operation_id)  # type: ignore[arg-type]
    assert ended is not None and ended.state.ended
    assert core.advance.turns == 0


def test_an_operation_that_is_gone_is_no_end(core: Core) -> None:
    assert Driving(core).to_the_end("op-nobody") is None  # type: ignore[arg-type]
