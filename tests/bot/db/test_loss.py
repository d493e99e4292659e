"""A database that does not answer is soon ``StoreLost``, and nothing runs unless it was written."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from bot.db.catalog import SqlCatalog
from bot.db.database import Database, Listeners, database
from bot.db.engine import engine
from bot.db.store import Store
from handlers.ports.store import AuditQuery, CatalogChange, Opened, Seen, TurnedDown
from handlers.words.errors import StoreLost
from policies.capacity.facts import SavedCapacity
from tests.bot.db.tampering import scalars
from tests.contracts.values import NOW, STAGING, claim, clocked, entry, no, opening, override, yes
from tests.waiting import in_time

ANYTHING: list[Callable[[Database], Any]] = [
    lambda db: db.catalog.read(),
    lambda db: db.catalog.write(CatalogChange((STAGING,))),
    lambda db: db.operations.open(opening(), yes),
    lambda db: db.operations.take("x"),
    lambda db: db.audit.append(entry()),
    lambda db: db.messages.postpone("x", entry().at),
    lambda db: db.leases.hold("ticks", 1),
    lambda db: db.catalog.version(),
    lambda db: db.book.overrides.put(override()),
    lambda db: db.book.overrides.current(NOW),
    lambda db: db.book.capacities.write("staging", SavedCapacity()),
    lambda db: db.book.capacities.find("staging"),
    lambda db: db.book.claims.record([claim()]),
    lambda db: db.book.notices.since(NOW),
]


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = database(database_url, holder="one", lease_seconds=30)
    yield made
    made.dispose()


def assert_lost(db: Database) -> None:
    for ask in ANYTHING:
        with pytest.raises(StoreLost) as lost:
            ask(db)
        assert lost.value.retry_helps


def test_a_missing_file_is_a_lost_store_and_is_not_made_again(sqlite_url: str, tmp_path: Path) -> None:
    made = database(sqlite_url, holder="one", lease_seconds=30)
    made.audit.append(entry())
    for path in tmp_path.iterdir():
        path.unlink()
    assert_lost(made)
    assert list(tmp_path.iterdir()) == []
    made.dispose()


def test_a_missing_directory_is_a_lost_store(sqlite_url: str, tmp_path: Path) -> None:
    made = database(sqlite_url, holder="one", lease_seconds=30)
    made.audit.append(entry())
    shutil.rmtree(tmp_path)
    assert_lost(made)
    made.dispose()


def test_a_server_that_was_never_there_is_a_lost_store(tmp_path: Path) -> None:
    made = database(f"postgresql://lamp@/lamp?host={tmp_path}", holder="one", lease_seconds=30)
    assert_lost(made)
    made.dispose()


def test_a_server_that_never_answers_is_a_lost_store_within_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://lamp@127.0.0.1:{silent.getsockname()[1]}/lamp?sslmode=disable"
        made = database(url, holder="one", lease_seconds=30)
        with pytest.raises(StoreLost):
            in_time(made.catalog.read)
        made.dispose()


def test_connections_the_server_dropped_are_replaced(postgres_url: str) -> None:
    made = database(postgres_url, holder="one", lease_seconds=30)
    made.audit.append(entry())
    _drop_connections(postgres_url)
    assert made.audit.append(entry()) == 2
    made.dispose()


def test_a_connection_lost_in_the_middle_of_opening_opens_nothing(postgres_url: str) -> None:
    made, wanted = database(postgres_url, holder="one", lease_seconds=30), opening()

    def decide(state: Any) -> Any:
        _drop_connections(postgres_url)
        return yes(state)

    with pytest.raises(StoreLost):
        made.operations.open(wanted, decide)
    assert made.records.find(wanted.id) is None
    assert isinstance(made.operations.open(wanted, yes), Opened)
    made.dispose()


def _drop_connections(url: str) -> None:
    mine = "pid <> pg_backend_pid() AND datname = current_database()"
    scalars(url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}")


def test_waiting_for_a_lock_that_somebody_keeps_ends(database_url: str) -> None:
    blocker, made = engine(database_url), engine(database_url, patience=0.3)
    with blocker.connect() as connection:
        connection.execution_options(lamplighter_writes=True)
        with connection.begin():
            connection.execute(text("UPDATE audit_head SET hash = hash"))
            with pytest.raises(StoreLost):
                SqlCatalog(Store(made, patience=0.3)).write(CatalogChange((STAGING,)))
    SqlCatalog(Store(made)).write(CatalogChange((STAGING,)))
    blocker.dispose()
    made.dispose()


def test_a_database_without_a_schema_is_lost_and_retrying_does_not_help(empty_postgres_url: str) -> None:
    made = database(empty_postgres_url, holder="one", lease_seconds=30)
    with pytest.raises(StoreLost) as lost:
        made.catalog.read()
    assert not lost.value.retry_helps
    made.dispose()


def lose_next_commit(db: Database, *, after: bool) -> None:
    """Lose the answer of the next COMMIT, which is carried out (``after``) or not."""
    left = [1]

    def lose(connection: Connection) -> None:
        if not left:
            return
        left.clear()
        if after:
            driver: Any = connection.connection.dbapi_connection
            driver.execute("COMMIT") if connection.dialect.name == "sqlite" else driver.commit()
        raise OperationalError("COMMIT", None, Exception("the connection was lost"))

    event.listen(db.store.engine, "commit", lose)


def test_a_lost_answer_to_a_commit_that_happened_is_read_back(db: Database) -> None:
    wanted = opening()
    lose_next_commit(db, after=True)
    result = db.operations.open(wanted, yes)
    assert isinstance(result, Opened)
    assert db.records.find(wanted.id) == result.record
    assert db.audit.verify().count == 1


def test_a_lost_answer_to_a_claimed_opening_is_read_back_with_its_claim(db: Database) -> None:
    wanted = clocked(claim())
    lose_next_commit(db, after=True)
    assert isinstance(db.operations.open(wanted, yes), Opened)
    (found,) = db.book.claims.since(NOW)["staging"]
    assert (found.state, found.operation_id) == ("opened", wanted.id)


def test_an_opening_that_was_not_committed_claims_and_cancels_nothing(db: Database) -> None:
    stop = db.operations.open(opening(operation="stop"), yes)
    lose_next_commit(db, after=False)
    with pytest.raises(StoreLost):
        db.operations.open(clocked(claim(), cancels=("stop",)), yes)
    assert isinstance(stop, Opened)
    assert db.records.find(stop.record.id) == stop.record
    assert db.book.claims.since(NOW) == {}


def test_a_lost_answer_to_a_refusal_is_still_that_refusal(db: Database) -> None:
    lose_next_commit(db, after=True)
    assert isinstance(db.operations.open(opening(), no), TurnedDown)
    assert len(db.audit.entries(AuditQuery())) == 1


def test_a_commit_that_never_happened_is_a_lost_store_and_nothing_runs(db: Database) -> None:
    wanted = opening()
    lose_next_commit(db, after=False)
    with pytest.raises(StoreLost):
        db.operations.open(wanted, yes)
    assert db.records.find(wanted.id) is None
    assert db.audit.verify().count == 0
    assert isinstance(db.operations.open(wanted, yes), Opened)


def test_after_a_lost_answer_the_log_stream_has_the_hash_all_the_same(database_url: str) -> None:
    told: list[int] = []
    made = database(
        database_url,
        holder="one",
        lease_seconds=30,
        listeners=Listeners(on_entry=lambda seq, _: told.append(seq)),
    )
    wanted = opening()
    lose_next_commit(made, after=True)
    made.operations.open(wanted, yes)
    assert told == [1]
    assert made.operations.open(wanted, yes) == Seen(wanted.id)
    made.dispose()
