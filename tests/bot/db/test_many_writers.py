"""Twenty threads at once, on the engines of two processes."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from threading import Barrier, Event

from sqlalchemy import event

from bot.db.database import Database, database
from bot.db.ledger.turns import one_after_the_other
from bot.db.tables import spans
from handlers.ports.ledger import Sample
from handlers.ports.store import AuditQuery, Busy, Opened, OpenResult, OperationRecord, Seen
from policies.cost.spans import Kind, Part, Span
from policies.cost.usage import UsageRow
from policies.record.joining import MOST
from policies.schedule.claims import Claim
from tests.bot.db.tampering import scalars
from tests.contracts.values import NOW, claim, clocked, closing, entry, later, opening, override, yes
from tests.waiting import PATIENCE, until

WRITERS = 20
SHARED = ("web", "worker", "orders-api")


def test_exactly_one_of_twenty_writers_opens_each_target(database_url: str) -> None:
    databases = _two(database_url)
    start = Barrier(WRITERS)

    def work(number: int) -> list[tuple[str, OpenResult]]:
        db, targets = databases[number % 2], (*SHARED, f"own-{number}")
        start.wait(timeout=PATIENCE)
        return [(t, db.operations.open(opening(target=t), yes)) for t in targets]

    with ThreadPoolExecutor(WRITERS) as pool:
        results = [pair for pairs in pool.map(work, range(WRITERS)) for pair in pairs]
    won = Counter(target for target, result in results if isinstance(result, Opened))
    assert won == Counter([*SHARED, *(f"own-{n}" for n in range(WRITERS))])
    assert {type(r) for _, r in results} == {Opened, Busy}
    _clean(databases, entries=4 * WRITERS)
    assert len(scalars(database_url, "SELECT id FROM operations")) == len(SHARED) + WRITERS


def test_of_what_two_processes_open_at_once_one_is_the_first_and_every_other_joins_a_message(
    database_url: str,
) -> None:
    """Each operation is told by exactly one message, and no message has room left."""
    databases = _two(database_url)
    start = Barrier(WRITERS)

    def work(number: int) -> OpenResult:
        start.wait(timeout=PATIENCE)
        return databases[number % 2].operations.open(opening(target=f"own-{number}"), yes)

    with ThreadPoolExecutor(WRITERS) as pool:
        results = list(pool.map(work, range(WRITERS)))
    ids = [result.record.id for result in results if isinstance(result, Opened)]
    found = {tuple(row.operation_id for row in databases[0].messages.together(one)) for one in ids}
    assert sorted(one for group in found for one in group) == sorted(ids)
    assert [len(group) for group in found] == [MOST] * (WRITERS // MOST)
    _clean(databases, entries=WRITERS)


def test_one_delivery_in_twenty_copies_opens_once(database_url: str) -> None:
    databases = _two(database_url)

    def work(number: int) -> OpenResult:
        copy = opening(delivery="the same", target=f"target-{number}")
        return databases[number % 2].operations.open(copy, yes)

    with ThreadPoolExecutor(WRITERS) as pool:
        results = list(pool.map(work, range(WRITERS)))
    (first,) = [r.record.id for r in results if isinstance(r, Opened)]
    assert [r for r in results if isinstance(r, Seen)] == [Seen(first)] * (WRITERS - 1)
    _clean(databases, entries=1)


def test_one_transition_claimed_by_twenty_is_opened_once(database_url: str) -> None:
    databases = _two(database_url)
    databases[0].book.claims.record([claim()])
    start = Barrier(WRITERS)

    def work(number: int) -> OpenResult:
        start.wait(timeout=PATIENCE)
        wanted = clocked(claim(), target=f"target-{number}")
        return databases[number % 2].operations.open(wanted, yes)

    with ThreadPoolExecutor(WRITERS) as pool:
        results = list(pool.map(work, range(WRITERS)))
    (first,) = [r.record.id for r in results if isinstance(r, Opened)]
    assert [r for r in results if isinstance(r, Seen)] == [Seen(first)] * (WRITERS - 1)
    assert [c.operation_id for c in databases[1].book.claims.since(NOW)["staging"]] == [first]
    _clean(databases, entries=1)


def test_a_claim_is_either_opened_or_passed_over(database_url: str) -> None:
    databases = _two(database_url)
    edges = [claim(rule=f"edge-{n}") for n in range(WRITERS)]

    def skip(edge: Claim) -> None:
        databases[1].book.claims.record([replace(edge, state="skipped")])

    with ThreadPoolExecutor(WRITERS) as pool:
        openings = [clocked(edge, conflicts="") for edge in edges]
        opened = [pool.submit(databases[0].operations.open, wanted, yes) for wanted in openings]
        list(pool.map(skip, edges))
        results = [future.result() for future in opened]
    found = {c.key.rule: c for c in databases[0].book.claims.since(NOW)["staging"]}
    for edge, result in zip(edges, results, strict=True):
        kept = found[edge.key.rule]
        assert kept.operation_id == (result.record.id if isinstance(result, Opened) else "")
        assert kept.state == ("opened" if isinstance(result, Opened) else "skipped")
    _clean(databases, entries=sum(isinstance(r, Opened) for r in results))


def test_one_of_several_overrides_put_at_once_holds(database_url: str) -> None:
    databases = _two(database_url)
    start = Barrier(WRITERS)

    def press(number: int) -> None:
        start.wait(timeout=PATIENCE)
        databases[number % 2].book.overrides.put(override(actor_name=f"person {number}"))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(press, range(WRITERS)))
    found = databases[0].book.overrides.recent(NOW)
    assert len(found) == WRITERS
    assert [o.holds(NOW) for o in found].count(True) == 1
    assert [o.ended_by for o in found].count("") == 1
    _clean(databases, entries=0)


def test_one_override_put_by_twenty_is_put_once(database_url: str) -> None:
    databases = _two(database_url)
    made = override()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda n: databases[n % 2].book.overrides.put(made), range(WRITERS)))
        given_back = list(
            pool.map(lambda n: databases[n % 2].book.overrides.end(made.id, later(hours=1), "Olu"), range(9))
        )
    assert given_back.count(True) == 1
    assert len(databases[0].book.overrides.recent(NOW)) == 1
    _clean(databases, entries=0)


def test_the_last_mark_of_a_cancelled_operation_is_in_its_entry(database_url: str) -> None:
    """Whoever works on the operation marks as fast as possible while another process takes its place."""
    databases = _two(database_url)
    works, takes = databases
    for _ in range(5):
        record = works.operations.open(opening(operation="stop", target="*"), yes).record  # type: ignore[union-attr]
        begun = Event()

        def mark(record: OperationRecord = record, begun: Event = begun) -> int:
            for number in count():
                step = replace(record.steps[0], evidence={"number": number})
                if not works.operations.mark(record, step, NOW):
                    return number
                begun.set()
            raise AssertionError("it was never cancelled")

        with ThreadPoolExecutor(1) as pool:
            marked = pool.submit(mark)
            assert begun.wait(timeout=PATIENCE)
            wanted = opening(operation="start", target="*", cancels=("stop",))
            start = takes.operations.open(wanted, yes).record  # type: ignore[union-attr]
            last = marked.result(timeout=PATIENCE) - 1
        closed = takes.audit.entries(AuditQuery(limit=2))[1].entry
        assert closed.evidence["0 deploy orders-api"] == {"number": last}
        assert takes.records.find(record.id).steps[0].evidence == {"number": last}  # type: ignore[union-attr]
        takes.operations.close(start, closing())
    _clean(databases, entries=5 * 4)


def test_an_operation_raced_for_is_closed_once(database_url: str) -> None:
    databases = _two(database_url)
    record = databases[0].operations.open(opening(), yes).record  # type: ignore[union-attr]
    with ThreadPoolExecutor(WRITERS) as pool:
        closed = list(
            pool.map(lambda n: databases[n % 2].operations.close(record, closing()), range(WRITERS))
        )
    assert closed.count(True) == 1
    _clean(databases, entries=2)


def test_the_end_of_a_task_is_kept_while_another_process_records_it_as_running(postgres_url: str) -> None:
    """The other writer has read already when the end is recorded, so recording the end must wait, or the end
    would be lost.
    """
    one, other = _two(postgres_url)
    one.book.ledger.spans.record(Sample("staging", later(minutes=20), (_task("task", minutes=20),)))
    seen = replace(_task("task", minutes=25), ended=True)

    with ThreadPoolExecutor(1) as pool:
        ending: list[Future[object]] = []

        def meanwhile(*context: object) -> None:
            if str(context[2]).startswith("INSERT INTO spans") and not ending:
                sample = Sample("staging", later(minutes=29), (seen,), whole=False)
                ending.append(pool.submit(other.book.ledger.spans.record, sample))
                until("the other has written or waits", lambda: ending[0].done() or _waiting(postgres_url))

        event.listen(one.store.engine, "before_cursor_execute", meanwhile)
        one.book.ledger.spans.record(Sample("staging", later(minutes=30), (_task("task", minutes=30),)))
        ending[0].result(timeout=PATIENCE)
    assert one.book.ledger.spans.overlapping("staging", NOW, later(days=1)) == [seen]
    _clean([one, other], entries=0)


def _waiting(url: str) -> bool:
    """Does anybody wait for a lock?"""
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    return scalars(url, waits) != [0]


def test_twenty_samples_of_one_environment_at_once_are_merged(database_url: str) -> None:
    databases = _two(database_url)
    start = Barrier(WRITERS)
    running = [_task(f"task-{n}", minutes=30) for n in range(WRITERS)]

    def look(number: int) -> None:
        seen = [replace(t, ended=t.id == f"task-{number}") for t in running]
        start.wait(timeout=PATIENCE)
        sample = Sample("staging", later(minutes=30 + number), tuple(seen))
        databases[number % 2].book.ledger.spans.record(sample)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(look, range(WRITERS)))
    ledger = databases[0].book.ledger
    found = ledger.spans.overlapping("staging", NOW, later(days=1))
    assert {s.id for s in found if s.ended and not s.lost} == {t.id for t in running}
    [watched] = ledger.spans.watched(["staging"], NOW)
    assert (watched.begin, watched.until) == (later(minutes=30), later(minutes=29 + WRITERS))
    _clean(databases, entries=0)


def test_a_day_put_by_several_at_once_is_never_a_mixture(database_url: str) -> None:
    databases = _two(database_url)
    start, day = Barrier(WRITERS), NOW.date()

    def roll(number: int) -> None:
        rows = [UsageRow("staging", f"{number}-{n}", day, "fargate.gb.x86", 1, 1) for n in range(20)]
        start.wait(timeout=PATIENCE)
        databases[number % 2].book.ledger.days.put("staging", [day], rows)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(roll, range(WRITERS)))
    found = databases[0].book.ledger.days.rows(["staging"], day, day)
    assert len(found) == 20
    assert len({row.service.partition("-")[0] for row in found}) == 1
    _clean(databases, entries=0)


def test_recording_a_sample_neither_waits_for_an_entry_nor_delays_one(postgres_url: str) -> None:
    """The head of the evidence stays locked throughout."""
    one, other = _two(postgres_url)
    with one.store.gate_transaction():
        other.book.ledger.spans.record(Sample("staging", NOW, (_task("task", minutes=0),)))
        other.book.ledger.days.put("staging", [NOW.date()], [])
    with other.store.step_transaction() as connection:
        one_after_the_other(connection, spans)
        one.audit.append(entry())
    _clean([one, other], entries=1)


def _task(id: str, *, minutes: float) -> Span:
    part = Part("fargate.vcpu.x86", 250)
    return Span(id, "staging", "web", Kind.TASK, (part,), NOW, later(minutes=minutes), minimum=60)


def _two(url: str) -> list[Database]:
    """The databases of two processes. On a busy machine the last of twenty writers waits long for the head of
    the chain.
    """
    return [database(url, holder=name, lease_seconds=30, patience=PATIENCE) for name in ("one", "two")]


def _clean(databases: list[Database], *, entries: int) -> None:
    found = databases[0].audit.verify()
    assert (found.count, found.faults) == (entries, ())
    for db in databases:
        db.dispose()
