"""Operations as they are read: rows to ``OperationRecord``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from bot.db.store import Store
from bot.db.tables import operation_steps, operations
from handlers.ports.store import OperationRecord
from handlers.words.plan import Step
from handlers.words.step import StepRecord, StepState
from policies.record.endings import Ended
from policies.record.lifecycle import State


class SqlRecords:
    """``handlers.ports.store.Records``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, operation_id: str) -> OperationRecord | None:
        with self._store.read() as connection:
            return load(connection, operation_id)

    def these(self, operation_ids: Collection[str]) -> Sequence[OperationRecord]:
        with self._store.read() as connection:
            return select_records(connection, operations.c.id.in_(operation_ids)) if operation_ids else ()

    def opened(
        self, names: Collection[str], environments: Collection[str], since: datetime
    ) -> Sequence[OperationRecord]:
        row = operations.c
        here = (row.name.in_(names), row.environment.in_(environments), row.opened_at >= since)
        with self._store.read() as connection:
            return select_records(connection, *here)

    def concerning(
        self, environment: str, on: str, limit: int, *, without: Collection[str] = ()
    ) -> Sequence[OperationRecord]:
        here = [operations.c.environment == environment, *([operation_steps.c.on_what == on] if on else [])]
        here += [operations.c.name.not_in(without)] if without else []
        query = (
            select(operations.c.id, operations.c.opened_at)
            .join(operation_steps, operation_steps.c.operation_id == operations.c.id)
            .where(*here)
            .distinct()
            .order_by(operations.c.opened_at.desc(), operations.c.id.desc())
            .limit(limit)
        )
        with self._store.read() as connection:
            ids = [row.id for row in connection.execute(query)]
            found = select_records(connection, operations.c.id.in_(ids)) if ids else []
        return found[::-1]

    def running(self, environments: Sequence[str]) -> Sequence[OperationRecord]:
        """Those running in these environments, oldest first; none for no environments."""
        with self._store.read() as connection:
            return select_records(
                connection, operations.c.state == State.RUNNING, operations.c.environment.in_(environments)
            )

    def ended(self, environments: Collection[str], since: datetime, until: datetime) -> Sequence[Ended]:
        row = operations.c
        query = select(row.name, row.environment, row.target, row.state, row.closed_at)
        query = query.where(row.closed_at >= since, row.closed_at < until).order_by(row.closed_at, row.id)
        names = frozenset(environments)
        with self._store.read() as connection:
            found = connection.execute(query).all()
        return [
            Ended(r.name, r.environment, r.target, State(r.state), r.closed_at)
            for r in found
            if r.environment in names
        ]


def load(connection: Connection, operation_id: str) -> OperationRecord | None:
    found = select_records(connection, operations.c.id == operation_id)
    return found[0] if found else None


def select_records(connection: Connection, *where: ColumnElement[bool]) -> list[OperationRecord]:
    """Oldest first."""
    query = select(operations).where(*where).order_by(operations.c.opened_at, operations.c.id)
    rows = connection.execute(query).all()
    if not rows:
        return []
    steps: dict[str, list[StepRecord]] = defaultdict(list)
    of_these = operation_steps.c.operation_id.in_([row.id for row in rows])
    for row in connection.execute(
        select(operation_steps).where(of_these).order_by(operation_steps.c.position)
    ):
        steps[row.operation_id].append(step_record(row))
    return [_record(row, tuple(steps[row.id])) for row in rows]


def step_record(row: Row[Any]) -> StepRecord:
    return StepRecord(
        position=row.position,
        step=Step(kind=row.kind, on=row.on_what, arguments=row.arguments, after=tuple(row.after)),
        state=StepState(row.state),
        before=row.before,
        evidence=row.evidence,
        answered=row.answered,
        sentence=row.sentence,
        fence=row.fence,
        began_at=row.began_at,
        ended_at=row.ended_at,
    )


def step_row(operation_id: str, record: StepRecord) -> dict[str, Any]:
    return {
        "operation_id": operation_id,
        "position": record.position,
        "kind": record.step.kind,
        "on_what": record.step.on,
        "arguments": dict(record.step.arguments),
        "after": list(record.step.after),
        "state": record.state.value,
        "before": dict(record.before),
        "evidence": dict(record.evidence),
        "answered": record.answered,
        "sentence": record.sentence,
        "fence": record.fence,
        "began_at": record.began_at,
        "ended_at": record.ended_at,
    }


def _record(row: Row[Any], steps: tuple[StepRecord, ...]) -> OperationRecord:
    return OperationRecord(
        id=row.id,
        name=row.name,
        environment=row.environment,
        target=row.target,
        conflicts=row.conflicts,
        arguments=row.arguments,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        source=row.source,
        channel=row.channel,
        state=State(row.state),
        doing=row.doing,
        opened_at=row.opened_at,
        plan_hash=row.plan_hash,
        fence=row.fence,
        next_look=row.next_look,
        steps=steps,
        before=row.before,
        after=row.after,
        notes=tuple(row.notes),
        summary=row.summary,
        closed_at=row.closed_at,
        generation=row.generation,
    )
