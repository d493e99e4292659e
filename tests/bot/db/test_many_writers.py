"""Twenty threads in two processes' worth of engines at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bot.db.database import Database, database
from handlers.ports.store import Busy, Opened, OpenResult, Seen
from tests.bot.db.tampering import scalars
from tests.contracts.values import closing, opening, yes

WRITERS = 20
SHARED = ("web", "worker", "orders-api")


def test_of_twenty_writers_exactly_one_opens_each_target(database_url: str) -> None:
    databases = [database(database_url, holder=name, lease_seconds=30) for name in ("one", "two")]
    start = Barrier(WRITERS)

    def work(number: int) -> list[tuple[str, OpenResult]]:
        db, targets = databases[number % 2], (*SHARED, f"own-{number}")
        start.wait(timeout=10)
        return [(t, db.operations.open(opening(target=t), yes)) for t in targets]

    with ThreadPoolExecutor(WRITERS) as pool:
        results = [pair for pairs in pool.map(work, range(WRITERS)) for pair in pairs]
    won = Counter(target for target, result in results if isinstance(result, Opened))
    assert won == Counter([*SHARED, *(f"own-{n}" for n in range(WRITERS))])
    assert {type(r) for _, r in results} == {Opened, Busy}
    _clean(databases, entries=4 * WRITERS)
    assert len(scalars(database_url, "SELECT id FROM operations")) == len(SHARED) + WRITERS


def test_one_delivery_in_twenty_copies_opens_once(database_url: str) -> None:
    databases = [database(database_url, holder=name, lease_seconds=30) for name in ("one", "two")]

    def work(number: int) -> OpenResult:
        copy = opening(delivery="the same", target=f"target-{number}")
        return databases[number % 2].operations.open(copy, yes)

    with ThreadPoolExecutor(WRITERS) as pool:
        results = list(pool.map(work, range(WRITERS)))
    (first,) = [r.record.id for r in results if isinstance(r, Opened)]
    assert [r for r in results if isinstance(r, Seen)] == [Seen(first)] * (WRITERS - 1)
    _clean(databases, entries=1)


def test_an_operation_raced_for_is_closed_once(database_url: str) -> None:
    databases = [database(database_url, holder=name, lease_seconds=30) for name in ("one", "two")]
    record = databases[0].operations.open(opening(), yes).record  # type: ignore[union-attr]
    with ThreadPoolExecutor(WRITERS) as pool:
        closed = list(
            pool.map(lambda n: databases[n % 2].operations.close(record, closing()), range(WRITERS))
        )
    assert closed.count(True) == 1
    _clean(databases, entries=2)


def _clean(databases: list[Database], *, entries: int) -> None:
    found = databases[0].audit.verify()
    assert (found.count, found.faults) == (entries, ())
    for db in databases:
        db.dispose()
