"""An operation as its row has it, with what a case needs changed."""

from __future__ import annotations

from typing import Any

from handlers.ports.store import OperationRecord
from handlers.words.step import StepRecord
from policies.record.lifecycle import State
from tests.fakes.aws import START


def record(*steps: StepRecord, **fields: Any) -> OperationRecord:
    given: dict[str, Any] = {
        "id": "op-1",
        "name": "restart",
        "environment": "staging",
        "target": "orders-api",
        "conflicts": "deployment",
        "arguments": {},
        "actor_id": "slack:T0HOME:U0DEV",
        "actor_name": "Dev",
        "source": "slash",
        "channel": "C0OPS",
        "state": State.RUNNING,
        "doing": "restarting",
        "opened_at": START,
        "plan_hash": "",
        "fence": 1,
        "next_look": START,
        "steps": steps,
    }
    return OperationRecord(**(given | fields))
