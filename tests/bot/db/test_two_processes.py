"""Two processes on one database: leases end on the database's clock, and a fence stops the slower one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.db.database import Database, database
from handlers.gate.plan import StepState
from handlers.ports.store import AuditQuery, Opened
from tests.contracts.values import NOW, closing, later, opening, yes
from tests.waiting import until

LET_GO = "the lease has run out"


@pytest.fixture
def two(database_url: str) -> Iterator[tuple[Database, Database]]:
    paused = database(database_url, holder="paused", lease_seconds=0.2)
    other = database(database_url, holder="other", lease_seconds=30)
    yield paused, other
    paused.dispose()
    other.dispose()


def test_a_lease_that_ran_out_is_taken_over_and_the_stale_holder_writes_nothing(
    two: tuple[Database, Database],
) -> None:
    paused, other = two
    result = paused.operations.open(opening(), yes)
    assert isinstance(result, Opened)
    record = result.record
    assert other.operations.take(record.id) is None
    assert other.operations.due(later(hours=1)) == []
    taken = until(LET_GO, lambda: other.operations.take(record.id))
    assert taken.fence == 2
    step = replace(record.steps[0], state=StepState.DONE)
    assert not paused.operations.mark(record, step, NOW)
    assert not paused.operations.close(record, closing())
    assert paused.operations.take(record.id) is None
    assert other.records.find(record.id) == taken
    assert other.operations.close(taken, closing())
    assert [row.entry.kind for row in other.audit.entries(AuditQuery())] == ["closed", "started"]


def test_a_lease_that_ran_out_makes_the_operation_due_for_others(two: tuple[Database, Database]) -> None:
    paused, other = two
    result = paused.operations.open(opening(), yes)
    assert isinstance(result, Opened)
    assert until(LET_GO, lambda: list(other.operations.due(NOW)) or None) == [result.record.id]


def test_a_holder_that_comes_back_before_anybody_took_over_goes_on(two: tuple[Database, Database]) -> None:
    paused, other = two
    result = paused.operations.open(opening(), yes)
    assert isinstance(result, Opened)
    until(LET_GO, lambda: list(other.operations.due(NOW)) or None)
    assert paused.operations.take(result.record.id) == result.record


def test_a_named_lease_that_ran_out_is_free(two: tuple[Database, Database]) -> None:
    paused, other = two
    assert paused.leases.hold("ticks", 0.2)
    assert not other.leases.hold("ticks", 30)
    assert until(LET_GO, lambda: other.leases.hold("ticks", 30) or None)
    assert not paused.leases.hold("ticks", 30)
