"""What the databases themselves refuse, whoever is connected."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from bot.db.database import database
from bot.db.tables import deliveries
from tests.bot.db.tampering import run, scalars
from tests.contracts.values import entry, opening, yes


@pytest.fixture
def filled(database_url: str) -> str:
    db = database(database_url, holder="one", lease_seconds=30)
    for _ in range(3):
        db.audit.append(entry())
    db.dispose()
    return database_url


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE audit_entries SET kind = 'closed' WHERE seq = 2", "never changed"),
        ("UPDATE audit_entries SET seq = 9 WHERE seq = 2", "never changed"),
        ("DELETE FROM audit_entries WHERE seq = 1", "checkpoint"),
        ("DELETE FROM audit_entries", "checkpoint"),
    ],
)
def test_entries_are_neither_changed_nor_removed(filled: str, statement: str, why: str) -> None:
    with pytest.raises(DBAPIError, match=why):
        run(filled, statement)
    assert scalars(filled, "SELECT seq FROM audit_entries ORDER BY seq") == [1, 2, 3]


def sealed(url: str) -> str:
    """The statement that writes a true checkpoint at 2; entry 4 confirms it."""
    [digest] = scalars(url, "SELECT hash FROM audit_entries WHERE seq = 2")
    db = database(url, holder="one", lease_seconds=30)
    db.audit.append(entry(evidence={"pruned_through": 2, "pruned_hash": digest}))
    db.dispose()
    return f"INSERT INTO audit_checkpoints VALUES (2, '{digest}', 4, '2026-01-01 00:00:00')"


def test_only_entries_up_to_the_checkpoint_can_be_removed(filled: str) -> None:
    point = sealed(filled)
    with pytest.raises(DBAPIError, match="only through a checkpoint"):
        run(filled, point, "DELETE FROM audit_entries")
    run(filled, point, "DELETE FROM audit_entries WHERE seq <= 2")
    assert scalars(filled, "SELECT seq FROM audit_entries ORDER BY seq") == [3, 4]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(2, ", "(1, "),  # another entry than the last pruned one
        ("(2, ", "(3, "),
        ("(2, ", "(9, "),  # ahead of all entries
        (", 4, ", ", 3, "),  # an entry that does not mention the pruning
        (", 4, ", ", 5, "),  # an entry that does not exist
        ("(2, '", "(2, 'x"),  # another hash
    ],
)
def test_a_checkpoint_is_taken_only_with_the_entry_that_seals_it(filled: str, old: str, new: str) -> None:
    point = sealed(filled)
    assert old in point
    with pytest.raises(DBAPIError, match="only with the entry that seals it"):
        run(filled, point.replace(old, new))
    assert scalars(filled, "SELECT through FROM audit_checkpoints") == []


def test_a_checkpoint_is_taken_only_where_its_entry_is_the_last(filled: str) -> None:
    point = sealed(filled)
    db = database(filled, holder="one", lease_seconds=30)
    db.audit.append(entry())
    db.dispose()
    with pytest.raises(DBAPIError, match="only with the entry that seals it"):
        run(filled, point)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE audit_checkpoints SET through = 1", "never changed"),
        ("UPDATE audit_checkpoints SET at = at", "never changed"),
        ("DELETE FROM audit_checkpoints", "only once a later one has taken its place"),
        ("INSERT INTO audit_checkpoints VALUES (1, 'x', 4, '2026-01-01 00:00:00')", "seals it"),
    ],
)
def test_a_checkpoint_is_neither_changed_nor_removed_nor_doubled(
    filled: str, statement: str, why: str
) -> None:
    db = database(filled, holder="one", lease_seconds=30)
    db.audit.prune(2, entry())
    db.dispose()
    with pytest.raises(DBAPIError, match=why):
        run(filled, statement)
    assert scalars(filled, "SELECT through FROM audit_checkpoints") == [2]


@pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE"])
def test_sqlite_refuses_to_replace_a_checkpoint(sqlite_url: str, verb: str) -> None:
    db = database(sqlite_url, holder="one", lease_seconds=30)
    for _ in range(3):
        db.audit.append(entry())
    db.audit.prune(2, entry())
    db.dispose()
    with pytest.raises(DBAPIError, match="seals it"):
        run(sqlite_url, f"{verb} INTO audit_checkpoints SELECT * FROM audit_checkpoints")


def test_a_temporary_table_does_not_stand_for_the_checkpoints(postgres_url: str) -> None:
    db = database(postgres_url, holder="one", lease_seconds=30)
    db.audit.append(entry())
    db.dispose()
    shadow = "CREATE TEMPORARY TABLE audit_checkpoints AS SELECT 9::bigint AS through"
    with pytest.raises(DBAPIError, match="only through a checkpoint"):
        run(postgres_url, shadow, "DELETE FROM audit_entries")


_COLUMNS = "seq, hash, body, at, kind, actor, environment, operation, operation_id"
_COPY = f"INTO audit_entries ({_COLUMNS}) SELECT {_COLUMNS} FROM audit_entries WHERE seq = 2"


@pytest.mark.parametrize("verb", ["INSERT", "REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE"])
def test_sqlite_refuses_to_replace_an_entry(sqlite_url: str, verb: str) -> None:
    db = database(sqlite_url, holder="one", lease_seconds=30)
    for _ in range(3):
        db.audit.append(entry())
    with pytest.raises(DBAPIError, match="never replaced"):
        run(sqlite_url, f"{verb} {_COPY}")
    db.dispose()


def test_postgresql_refuses_to_truncate(postgres_url: str) -> None:
    with pytest.raises(DBAPIError, match="never changed"):
        run(postgres_url, "TRUNCATE audit_entries")
    with pytest.raises(DBAPIError, match="never changed"):
        run(postgres_url, "TRUNCATE audit_entries CASCADE")
    with pytest.raises(DBAPIError, match="never changed"):
        run(postgres_url, "TRUNCATE audit_checkpoints")


def test_a_unique_index_refuses_two_running_operations_on_one_target(database_url: str) -> None:
    db = database(database_url, holder="one", lease_seconds=30)
    db.operations.open(opening(), yes)
    copied = scalars(database_url, "SELECT id FROM operations")[0]
    with pytest.raises(IntegrityError):
        run(database_url, _another_running(copied))
    run(database_url, "UPDATE operations SET conflicts = ''", _another_running(copied))
    db.dispose()


def _another_running(operation_id: str) -> str:
    names = (
        "name environment target conflicts arguments actor_id actor_name source channel state doing "
        "opened_at plan_hash fence holder held_until next_look before after notes "
        "summary closed_at generation"
    )
    columns = ", ".join(f'"{name}"' for name in names.split())
    this = f"FROM operations WHERE id = '{operation_id}'"
    return f"INSERT INTO operations (id, {columns}) SELECT 'another', {columns} {this}"


def test_a_naive_instant_is_refused(database_url: str) -> None:
    db = database(database_url, holder="one", lease_seconds=30)
    with pytest.raises(StatementError, match="naive"), db.store.read() as connection:
        connection.execute(select(deliveries).where(deliveries.c.at < datetime(2026, 1, 1)))  # noqa: DTZ001
    db.dispose()


def test_sqlite_runs_with_the_required_pragmas(sqlite_url: str) -> None:
    db = database(sqlite_url, holder="one", lease_seconds=30)
    with db.store.read() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in asked]
    assert found == ["wal", 2, 1, 5000]
    db.dispose()


def test_postgresql_never_lets_us_hang(postgres_url: str) -> None:
    db = database(postgres_url, holder="one", lease_seconds=30)
    with db.store.read() as connection:
        asked = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        found = [connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in asked]
    assert found == ["5s", "5s", "10s"]
    db.dispose()
