"""Composes what the shortcut *Why?* answers on a message that tells of no failure."""

from __future__ import annotations

from datetime import datetime

from handlers.ports.store import OperationRecord
from handlers.tell.operation import under_way
from handlers.words.result import Answer


def what_for(command: str) -> Answer:
    return Answer(
        "This message does not say that anything failed, so there is nothing to explain. Use Why? on a "
        f"message of Lamplighter that tells of a failure, or type `{command} why staging orders-api`."
    )


def running(record: OperationRecord, now: datetime) -> Answer:
    return Answer(f"Nothing has failed so far. {under_way(record, now=now)}")
