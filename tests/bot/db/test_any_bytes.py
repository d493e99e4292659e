"""Whatever a column of the evidence holds, ``verify`` names the row and goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DataError

from bot.db.database import Database, database
from bot.db.tables import audit_checkpoints, audit_entries, audit_head
from bot.db.verification import Verification, verify_chain
from policies.record.evidence import canonical
from tests.bot.db.tampering import tamper
from tests.contracts.values import entry, later
from tests.soaking import often

TABLES = (audit_entries, audit_checkpoints, audit_head)
COLUMNS = [(table.name, column.name) for table in TABLES for column in table.columns]
DEEP = b'{"seq":3,"plan":' + b"[" * 100_000


def filled(url: str) -> Database:
    """A database with entries 3 to 7, the last of which seals the checkpoint at 2."""
    db = database(url, holder="one", lease_seconds=30)
    for number in range(6):
        db.audit.append(entry(at=later(seconds=number), operation=f"restart-{number}"))
    db.audit.prune(2, entry(at=later(seconds=9), operation="audit prune"))
    assert db.audit.verify().clean
    return db


@dataclass(frozen=True)
class Text:
    """Bytes that are put into SQLite as text."""

    data: bytes


NAMES = [table.name for table in TABLES]


def verified(db: Database, statement: str, *values: object) -> Verification:
    """Verify after one statement, in a transaction that is rolled back."""
    with db.store.engine.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql(statement, values)
        found = verify_chain(connection)
        transaction.rollback()
    return found


@pytest.fixture
def loose(sqlite_url: str) -> Iterator[Database]:
    """A database whose evidence is in tables without types, keys and triggers."""
    db = filled(sqlite_url)
    for name in NAMES:
        columns = ", ".join(column for table, column in COLUMNS if table == name)
        tamper(
            sqlite_url,
            f"CREATE TABLE loose ({columns})",
            f"INSERT INTO loose SELECT * FROM {name}",
            f"DROP TABLE {name}",
            f"ALTER TABLE loose RENAME TO {name}",
        )
    assert db.audit.verify().clean
    yield db
    db.dispose()


VALUES = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.integers(-2, 9)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
    | st.binary().map(Text)
)


def put(table: str, column: str, value: object) -> tuple[str, object]:
    """The statement that changes the middle entry, or the only row."""
    where = "WHERE seq = 5" if table == "audit_entries" else ""
    mark = "CAST(? AS TEXT)" if isinstance(value, Text) else "?"
    return f"UPDATE {table} SET {column} = {mark} {where}", value.data if isinstance(value, Text) else value


def is_text(value: object) -> bool:
    try:
        return isinstance(value, str) or (isinstance(value, Text) and value.data.decode() is not None)
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_any_value_in_any_column_is_named_with_its_row(loose: Database, table: str, column: str) -> None:
    names = {"audit_entries": "entry 5", "audit_checkpoints": "checkpoint", "audit_head": "head row"}

    @settings(max_examples=often(12, 400))
    @given(VALUES)
    @example(None)
    @example(float("inf"))
    @example(float("nan"))
    @example(2**63 - 1)
    @example("infinity")
    @example("0000-00-00 00:00:00.000000")
    @example(Text(b"\xff\xfe"))
    @example(Text(b"\x00"))
    @example(DEEP)
    @example(b"\xff")
    def one(value: object) -> None:
        found = verified(loose, *put(table, column, value))
        told = names[table] if (table, column) != ("audit_entries", "seq") else "entr"
        if (table, column) == ("audit_head", "catalog") and is_text(value):
            assert found.clean  # the word changes with the catalog, and no entry holds it
        elif value not in (stands.get((table, column)), Text(str(stands.get((table, column))).encode())):
            assert any(told in said for said in found.faults), found.faults

    head = loose.audit.verify().head
    stands: dict[tuple[str, str], object] = {
        ("audit_entries", "seq"): 5,
        ("audit_entries", "operation_id"): "",
        ("audit_head", "id"): 1,
        ("audit_head", "seq"): head[0],
        ("audit_head", "catalog"): "",
        ("audit_checkpoints", "through"): 2,
        ("audit_checkpoints", "sealed_by"): 7,
    }
    one()


FOLLOWS = "entry 4 does not follow from the one before it"
TWICE = "entry 4 is there more than once"
LAST = "the head row does not say entry 7, the last there is"


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        ("INSERT INTO audit_entries SELECT * FROM audit_entries WHERE seq = 4", [TWICE]),
        (
            "INSERT INTO audit_entries SELECT 4, hash, body, at, kind, actor, environment, operation,"
            " operation_id FROM audit_entries WHERE seq = 5",
            [TWICE, FOLLOWS, "entry 4 differs from its look-up columns: seq"],
        ),
        ("INSERT INTO audit_entries (seq) VALUES (NULL)", ["an entry has no number but null"]),
        ("INSERT INTO audit_entries (seq) VALUES ('x')", ["an entry has no number but text x"]),
        ("UPDATE audit_entries SET hash = 'x' WHERE seq = 4", [FOLLOWS]),
        ("UPDATE audit_entries SET hash = NULL WHERE seq = 4", [FOLLOWS]),
        (
            "UPDATE audit_entries SET body = 7 WHERE seq = 4",
            ["entry 4 is not the bytes that were written"],
        ),
        ("DELETE FROM audit_head", [LAST]),
        ("INSERT INTO audit_head SELECT * FROM audit_head", [LAST]),
        (
            "INSERT INTO audit_checkpoints SELECT * FROM audit_checkpoints",
            ["the checkpoint at 2 is there more than once"],
        ),
    ],
)
def test_a_broken_row_is_named_once_and_the_walk_goes_on(
    loose: Database, statement: str, faults: list[str]
) -> None:
    assert list(verified(loose, statement).faults) == faults


ODD_INSTANTS = ("'infinity'", "'-infinity'", "'2026-01-01 00:00:00 BC'", "'200000-01-01 00:00:00'")


@pytest.mark.parametrize("instant", ODD_INSTANTS)
def test_an_instant_that_python_does_not_have_is_named_on_postgresql(postgres_url: str, instant: str) -> None:
    db = filled(postgres_url)
    tamper(
        postgres_url,
        f"UPDATE audit_entries SET at = {instant} WHERE seq = 5",
        f"UPDATE audit_checkpoints SET at = {instant}",
    )
    faults = db.audit.verify().faults
    assert "entry 5 differs from its look-up columns: at" in faults
    assert "the checkpoint at 2 is not as it was written: at" in faults
    db.dispose()


def odd_bodies() -> list[bytes]:
    written = json.loads(canonical(entry(), 5))
    return [
        *(b"", b"\xff\xfe", DEEP, b"\x00" * 9, b"null", b"[]", b'{"seq":NaN}', b'{"seq":1e999}'),
        *(json.dumps({**written, "at": at}).encode() for at in ("9999-12-31T23:59:59-14:00", 5, None)),
    ]


@pytest.mark.parametrize("body", odd_bodies(), ids=lambda body: ascii(body[:30]))
def test_a_body_of_any_bytes_is_named(database_url: str, body: bytes) -> None:
    db = filled(database_url)
    bytes_ = f"x'{body.hex()}'" if database_url.startswith("sqlite") else f"'\\x{body.hex()}'::bytea"
    tamper(database_url, f"UPDATE audit_entries SET body = {bytes_} WHERE seq = 5")
    faults = db.audit.verify().faults
    assert faults == ("entry 5 does not follow from the one before it", "entry 5 cannot be read")
    db.dispose()


ODD_VALUES = (
    "NULL",
    "''",
    "'-1'",
    "'9223372036854775807'",
    "'\u202e\x1b[2J'",
    "'infinity'",
    "'0044-03-15 BC'",
)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_any_value_in_any_column_is_named_on_postgresql(postgres_url: str, table: str, column: str) -> None:
    db = filled(postgres_url)
    taken = [value for value in ODD_VALUES if named(db, table, column, value)]
    assert taken
    db.dispose()


def named(db: Database, table: str, column: str, value: str) -> bool:
    """Assert that ``verify`` names the changed row; return false if the column does not take the value. The
    change is made without keys and triggers, in a transaction that is rolled back.
    """
    [key] = [c.name for table_ in TABLES for c in table_.primary_key.columns if table_.name == table]
    with db.store.engine.connect() as connection, connection.begin() as transaction:
        for statement in (
            "SET LOCAL session_replication_role = replica",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey",
            f"ALTER TABLE {table} ALTER COLUMN {key} DROP NOT NULL",
            f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL",
        ):
            connection.execute(text(statement))
        try:
            connection.execute(text(put(table, column, None)[0].replace("?", value)))
        except DataError:
            return False
        names = {"audit_entries": "entr", "audit_checkpoints": "checkpoint", "audit_head": "head row"}
        faults = verify_chain(connection).faults
        unsaid = (table, column) == ("audit_head", "catalog") and value != "NULL"
        same = column == "operation_id" and value == "''"
        assert unsaid or same or any(names[table] in said for said in faults), (value, faults)
        transaction.rollback()
    return True
