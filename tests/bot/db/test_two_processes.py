"""Two processes on one database: leases end on the database's clock, and a fence stops the slower process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.db.database import Database, database
from handlers.ports.store import AuditQuery, Lease, Opened, OperationRecord
from handlers.words.step import StepState
from tests.bot.db.real_store import pass_time
from tests.contracts.values import NOW, closing, later, opening, yes
from tests.waiting import until

LEASE = 30
LONGER = LEASE + 1


@pytest.fixture
def two(database_url: str) -> Iterator[tuple[Database, Database]]:
    pair = [database(database_url, holder=name, lease_seconds=LEASE) for name in ("paused", "other")]
    yield pair[0], pair[1]
    for one in pair:
        one.dispose()


def opened(by: Database) -> OperationRecord:
    result = by.operations.open(opening(), yes)
    assert isinstance(result, Opened)
    return result.record


def test_a_lease_that_ran_out_is_taken_over_and_the_stale_holder_writes_nothing(
    two: tuple[Database, Database],
) -> None:
    paused, other = two
    record = opened(paused)
    assert other.operations.take(record.id) is None
    assert other.operations.due(later(hours=1)) == []
    pass_time(other, LONGER)
    taken = other.operations.take(record.id)
    assert taken is not None and taken.fence == 2
    step = replace(record.steps[0], state=StepState.DONE)
    assert not paused.operations.mark(record, step, NOW)
    assert not paused.operations.close(record, closing())
    assert paused.operations.take(record.id) is None
    assert other.records.find(record.id) == taken
    assert other.operations.close(taken, closing())
    assert [row.entry.kind for row in other.audit.entries(AuditQuery())] == ["closed", "started"]


def test_a_lease_that_ran_out_makes_the_operation_due_for_others(two: tuple[Database, Database]) -> None:
    paused, other = two
    record = opened(paused)
    assert other.operations.due(NOW) == []
    pass_time(other, LONGER)
    assert list(other.operations.due(NOW)) == [record.id]


def test_a_holder_that_comes_back_before_anybody_took_over_goes_on(two: tuple[Database, Database]) -> None:
    paused, other = two
    record = opened(paused)
    pass_time(other, LONGER)
    assert paused.operations.take(record.id) == record


def test_a_named_lease_that_ran_out_is_free(two: tuple[Database, Database]) -> None:
    paused, other = two
    assert paused.leases.hold("ticks", LEASE) is Lease.TAKEN
    assert other.leases.hold("ticks", LEASE) is Lease.ANOTHERS
    pass_time(other, LONGER)
    assert other.leases.hold("ticks", LEASE) is Lease.TAKEN
    assert paused.leases.hold("ticks", LEASE) is Lease.ANOTHERS


def test_the_databases_own_clock_ends_a_lease(two: tuple[Database, Database]) -> None:
    paused, other = two
    assert paused.leases.hold("ticks", 0.2) is Lease.TAKEN
    taken = Lease.TAKEN
    until("the lease has run out", lambda: other.leases.hold("ticks", LEASE) is taken, pause=0.05)
