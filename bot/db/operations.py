"""The write side of operations: open, take, mark, close. Each acts only under its fence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, delete, or_, select, update

from bot.db.chain import Chain, Links
from bot.db.ending import end
from bot.db.messages import want_another
from bot.db.opening import Hold, delivered, open_operation
from bot.db.records import load, step_record, step_row
from bot.db.tables import deliveries, operation_steps, operations
from bot.db.tables.types import database_now
from handlers.gate import judgement
from handlers.ports.store import (
    CatalogState,
    Closing,
    Opening,
    OpenResult,
    OperationRecord,
    Seen,
)
from handlers.words.errors import StoreLost
from handlers.words.step import StepRecord
from policies.access.decision import Decision
from policies.record.lifecycle import State, may_follow

MOST_DUE = 200
"""The most operations that one call of ``due`` names."""


class SqlOperations:
    """``handlers.ports.store.Operations`` for one process, ``holder``. ``lease_seconds``: how long what it
    takes stays its own without a sign of life, on the database's clock."""

    def __init__(self, chain: Chain, *, holder: str, lease_seconds: float) -> None:
        self._chain = chain
        self._store = chain.store
        self._hold = Hold(holder, lease_seconds)

    def open(self, opening: Opening, decide: Callable[[CatalogState], Decision]) -> OpenResult:
        """A COMMIT whose answer was lost is read back by its delivery key; ``StoreLost`` if it is not there
        or cannot be read, and then nothing may run."""
        result: OpenResult | None = None
        links: Links | None = None
        try:
            with self._chain.transaction() as links:
                result = open_operation(links, opening, decide, self._hold)
        except StoreLost:
            if result is None or links is None:
                raise
            return self._read_back(opening, result, links)
        else:
            return result

    def take(self, operation_id: str) -> OperationRecord | None:
        mine = operations.c.holder == self._hold.holder
        taking = (
            update(operations)
            .where(operations.c.id == operation_id, operations.c.state == State.RUNNING)
            .where(or_(mine, operations.c.held_until <= database_now()))
            .values(
                fence=case((mine, operations.c.fence), else_=operations.c.fence + 1),
                holder=self._hold.holder,
                held_until=self._hold.until,
            )
        )
        with self._store.step_transaction() as connection:
            taken = connection.execute(taking).rowcount == 1
            return load(connection, operation_id) if taken else None

    def mark(self, record: OperationRecord, step: StepRecord, next_look: datetime) -> bool:
        """The message falls behind when the step's state or sentence changed: what a live message shows."""
        renewing = update(operations).where(self._ours(record))
        renewed = renewing.values(held_until=self._hold.until, next_look=next_look)
        with self._store.step_transaction() as connection:
            if connection.execute(renewed).rowcount != 1:
                return False
            if _write_step(connection, record.id, step):
                want_another(connection, record.id)
            return True

    def close(self, record: OperationRecord, closing: Closing) -> bool:
        """``ValueError`` if a running operation cannot end as that."""
        if not may_follow(State.RUNNING, closing.state):
            raise ValueError(f"an operation does not end {closing.state.value}")
        with self._chain.transaction() as links:
            return end(links, record.id, closing, where=self._ours(record))

    def due(self, now: datetime) -> Sequence[str]:
        """Those that have been due longest first, at most ``MOST_DUE``."""
        query = (
            select(operations.c.id)
            .where(operations.c.state == State.RUNNING, operations.c.next_look <= now)
            .where(or_(operations.c.holder == self._hold.holder, operations.c.held_until <= database_now()))
            .order_by(operations.c.next_look, operations.c.opened_at, operations.c.id)
            .limit(MOST_DUE)
        )
        with self._store.read() as connection:
            return list(connection.execute(query).scalars())

    def forget(self, before: datetime) -> int:
        """Drop deliveries older than that (they are kept 24 h); how many there were."""
        with self._store.step_transaction() as connection:
            return connection.execute(delete(deliveries).where(deliveries.c.at < before)).rowcount

    def _ours(self, record: OperationRecord) -> ColumnElement[bool]:
        return and_(
            operations.c.id == record.id,
            operations.c.fence == record.fence,
            operations.c.holder == self._hold.holder,
            operations.c.state == State.RUNNING,
        )

    def _read_back(self, opening: Opening, result: OpenResult, links: Links) -> OpenResult:
        """Behind the head, so that a COMMIT still under way is waited for."""
        with self._store.gate_transaction() as connection:
            found = delivered(connection, judgement.delivery_key(opening))
        if found is None:
            raise StoreLost("The database did not answer.", retry_helps=True)
        if found.attempt != opening.id:
            return Seen(found.operation_id)
        self._chain.tell(links)
        return result


def _write_step(connection: Connection, operation_id: str, step: StepRecord) -> bool:
    """Whether what people are shown of it changed. Raises ``LookupError`` if the operation has no such
    step."""
    this = and_(operation_steps.c.operation_id == operation_id, operation_steps.c.position == step.position)
    row = connection.execute(select(operation_steps).where(this)).one_or_none()
    if row is None:
        raise LookupError(f"operation {operation_id} has no step {step.position}")
    connection.execute(update(operation_steps).where(this).values(step_row(operation_id, step)))
    was = step_record(row)
    return (was.state, was.sentence) != (step.state, step.sentence)
