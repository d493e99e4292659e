"""What was done through Lamplighter, as its rows have it, to tell what is ours from what others did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from handlers.ports.desk import Desk
from handlers.ports.store import OperationRecord
from handlers.words.operation import Purpose
from handlers.words.plan import Json
from policies.service.happened import Did

BEFORE = timedelta(hours=1)
"""How long before the time asked about an operation may have begun whose effects still show after it."""
LOST = ("service_deployment", "deployment")
"""The facts of a step that say what AWS made of a call. Where none is known, the answer was lost."""


def asked_for(desk: Desk, environments: Sequence[str], since: datetime) -> Sequence[OperationRecord]:
    """The changes of these environments that were asked for since a while before that time, oldest first. To
    share what was looked at changes nothing there.
    """
    names = [o.name for o in desk.operations if o.changes and o.purpose is not Purpose.LOOK]
    return desk.records.opened(names, environments, since - BEFORE)


def acts_of(records: Sequence[OperationRecord], now: datetime) -> tuple[Did, ...]:
    return tuple(_did(record, now) for record in records)


def _did(record: OperationRecord, now: datetime) -> Did:
    began = [step for step in record.steps if step.began_at is not None]
    return Did(
        services=frozenset(step.step.on for step in began),
        begin=record.opened_at,
        end=record.closed_at or now,
        known=frozenset(text for step in began for text in _texts(step.evidence)) | {record.id},
        deployed=tuple(
            (step.step.on, step.began_at)
            for step in began
            if step.began_at and step.step.kind == "deploy" and not any(step.evidence.get(k) for k in LOST)
        ),
    )


def _texts(value: Json | Mapping[str, Json]) -> Iterator[str]:
    """Every text that a step's facts hold, ids among them; of an ARN also its last part, a task's id."""
    if isinstance(value, str):
        yield value
        if value.startswith("arn:"):
            yield value.rsplit("/", 1)[-1]
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
