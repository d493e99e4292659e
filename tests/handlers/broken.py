"""An operation of ours that has failed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from handlers.words.plan import Step
from handlers.words.step import StepRecord, StepState
from policies.record.lifecycle import State
from tests.handlers.gate.rows import record
from tests.handlers.stage import Stage


def broke(stage: Stage, **changed: Any) -> None:
    """A restart of `orders-api` has failed a minute after the environment was seen."""
    memory, at = stage.world.store.memory, stage.world.clock.at
    step = StepRecord(
        0, Step("deploy", "orders-api"), StepState.FAILED, evidence={"cause": "exit code 1", "broke": True}
    )
    given: dict[str, Any] = {
        "id": f"op-{len(memory.operations)}",
        "state": State.FAILED,
        "opened_at": at + timedelta(minutes=1),
        "closed_at": at + timedelta(minutes=2),
    }
    made = record(step, **(given | changed))
    memory.operations[made.id] = made
