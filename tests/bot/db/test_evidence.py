"""The chain: what ``verify`` catches, the key, the log stream, and pruning."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.db.database import Database, Listeners, database
from handlers.ports.store import AuditQuery
from policies.record.evidence import GENESIS
from tests.bot.db.tampering import scalars, tamper
from tests.contracts.values import NOW, entry, later
from tests.golden import Golden


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = database(database_url, holder="one", lease_seconds=30)
    for number in range(5):
        made.audit.append(entry(at=later(seconds=number), operation=f"restart-{number}"))
    yield made
    made.dispose()


def test_a_whole_chain_is_clean(db: Database) -> None:
    found = db.audit.verify()
    assert (found.first, found.count, found.faults, found.anchored) == (1, 5, (), False)
    assert [found.head] == [(row.seq, row.hash) for row in db.audit.entries(AuditQuery(limit=1))]


def test_an_empty_chain_is_clean(database_url: str) -> None:
    made = database(database_url, holder="one", lease_seconds=30)
    assert made.audit.verify().clean
    assert made.audit.verify().head == (0, GENESIS)
    made.dispose()


_SWAP = (
    "UPDATE audit_entries SET seq = 99 WHERE seq = 2",
    "UPDATE audit_entries SET seq = 2 WHERE seq = 3",
    "UPDATE audit_entries SET seq = 3 WHERE seq = 99",
)
_BODY = "(SELECT body FROM audit_entries WHERE seq = 4)"


@pytest.mark.parametrize("column", ["at", "actor", "kind", "environment", "operation", "operation_id"])
def test_a_look_up_column_that_was_changed_is_named(db: Database, database_url: str, column: str) -> None:
    value = "2020-01-01 00:00:00" if column == "at" else "x"
    tamper(database_url, f"UPDATE audit_entries SET {column} = '{value}' WHERE seq = 3")
    [fault] = db.audit.verify().faults
    assert "entry 3" in fault
    assert fault.split()[-1] == column


@pytest.mark.parametrize(
    ("what", "statements"),
    [
        ("the body of another", (f"UPDATE audit_entries SET body = {_BODY} WHERE seq = 3",)),
        ("a hash", ("UPDATE audit_entries SET hash = 'x' WHERE seq = 3",)),
        ("an actor", ("UPDATE audit_entries SET actor = 'x' WHERE seq = 3",)),
        ("two that changed places", _SWAP),
        ("one in the middle is gone", ("DELETE FROM audit_entries WHERE seq = 3",)),
        ("the first is gone", ("DELETE FROM audit_entries WHERE seq = 1",)),
        ("the last is gone", ("DELETE FROM audit_entries WHERE seq = 5",)),
        ("the head is gone", ("DELETE FROM audit_head",)),
        ("another head", ("UPDATE audit_head SET hash = 'x'",)),
        (
            "a checkpoint",
            ("INSERT INTO audit_checkpoints VALUES (2, 'x', 5, '2026-01-01 00:00:00')",),
        ),
        ("one before the first", ("UPDATE audit_entries SET seq = 0 WHERE seq = 5",)),
    ],
)
def test_tampering_is_caught(
    db: Database, database_url: str, what: str, statements: tuple[str, ...], golden: Golden
) -> None:
    tamper(database_url, *statements)
    found = db.audit.verify()
    assert not found.clean
    assert found.faults == golden(name=what)


def test_a_body_that_is_not_an_entry_is_caught(db: Database, database_url: str, golden: Golden) -> None:
    nonsense = "x'7b7d'" if database_url.startswith("sqlite") else "'\\x7b7d'::bytea"
    tamper(database_url, f"UPDATE audit_entries SET body = {nonsense} WHERE seq = 3")
    assert db.audit.verify().faults == golden(name="said")


def test_a_body_that_sqlite_keeps_as_text_is_caught(sqlite_url: str, golden: Golden) -> None:
    db = database(sqlite_url, holder="one", lease_seconds=60)
    db.audit.append(entry())
    tamper(sqlite_url, "UPDATE audit_entries SET body = CAST(body AS TEXT) WHERE seq = 1")
    assert db.audit.verify().faults == golden
    db.dispose()


def test_a_head_seen_elsewhere_excludes_a_rewrite(db: Database, golden: Golden) -> None:
    seq, digest = db.audit.verify().head
    db.audit.append(entry())
    assert db.audit.verify((seq, digest)).anchored
    assert db.audit.verify((seq, digest)).clean
    assert db.audit.verify((seq, GENESIS)).faults == golden(name="said")
    assert db.audit.verify((99, digest)).faults == golden(name="then")


def test_somebody_without_the_key_cannot_forge_a_keyed_chain(database_url: str) -> None:
    keyed = database(database_url, holder="one", lease_seconds=30, audit_key=b"audit key of a test")
    other = database(database_url, holder="two", lease_seconds=30)
    keyed.audit.append(entry())
    assert keyed.audit.verify().clean
    assert not other.audit.verify().clean
    other.audit.append(entry())
    [fault] = keyed.audit.verify().faults
    assert "entry 2" in fault
    keyed.dispose()
    other.dispose()


def test_each_hash_goes_to_the_log_stream_once_it_is_committed(database_url: str) -> None:
    told: list[tuple[int, str]] = []
    made = database(
        database_url,
        holder="one",
        lease_seconds=30,
        listeners=Listeners(on_entry=lambda seq, digest: told.append((seq, digest))),
    )
    made.audit.append(entry())
    made.audit.append(entry(), delivery="d")
    made.audit.append(entry(), delivery="d")
    assert [seq for seq, _ in told] == [1, 2]
    assert told[-1] == made.audit.verify().head
    made.dispose()


def test_pruning_leaves_a_sealed_checkpoint_from_which_the_rest_verifies(
    db: Database, database_url: str
) -> None:
    third = scalars(database_url, "SELECT hash FROM audit_entries WHERE seq = 3")[0]
    assert db.audit.prune(3, entry(operation="audit prune")) == 3
    found = db.audit.verify((3, third))
    assert (found.first, found.count, found.clean, found.anchored) == (4, 3, True, True)
    assert db.audit.prune(6, entry(operation="audit prune")) == 3
    assert db.audit.verify().clean
    assert db.audit.append(entry()) == 8
    [fault] = db.audit.verify((3, third)).faults
    assert "entry 3" in fault


def forged(url: str, through: int, sealed_by: int, *more: str) -> None:
    """Write a checkpoint over a real hash, as the owner of the tables could, and remove everything below
    it.
    """
    [digest] = scalars(url, f"SELECT hash FROM audit_entries WHERE seq = {through}")
    point = (
        f"INSERT INTO audit_checkpoints VALUES ({through}, '{digest}', {sealed_by}, '2026-01-01 00:00:00')"
    )
    tamper(url, point, f"DELETE FROM audit_entries WHERE seq <= {through}", *more)


@pytest.mark.parametrize("key", [b"", b"audit key of a test"])
def test_a_forged_checkpoint_is_caught_even_over_real_hashes(database_url: str, key: bytes) -> None:
    db = database(database_url, holder="one", lease_seconds=30, audit_key=key)
    for number in range(5):
        db.audit.append(entry(at=later(seconds=number)))
    forged(database_url, 3, 4)
    assert db.audit.verify().faults == ("no entry seals the checkpoint at 3",)
    db.dispose()


def test_an_entry_that_seals_a_forged_checkpoint_needs_the_key(database_url: str) -> None:
    db = database(database_url, holder="one", lease_seconds=30, audit_key=b"audit key of a test")
    other = database(database_url, holder="two", lease_seconds=30)
    for number in range(5):
        db.audit.append(entry(at=later(seconds=number)))
    [digest] = scalars(database_url, "SELECT hash FROM audit_entries WHERE seq = 3")
    other.audit.append(entry(evidence={"pruned_through": 3, "pruned_hash": digest}))
    forged(database_url, 3, 6)
    assert "entry 6 does not follow from the one before it" in db.audit.verify().faults
    db.dispose()
    other.dispose()


@pytest.mark.parametrize(
    ("statements", "faults"),
    [
        (
            ("UPDATE audit_checkpoints SET through = 3",),
            ["the checkpoint at 3 is not that of entry 6, which sealed one at 2"],
        ),
        (
            ("UPDATE audit_checkpoints SET through = 3", "DELETE FROM audit_entries WHERE seq = 3"),
            ["the checkpoint at 3 is not that of entry 6, which sealed one at 2"],
        ),
        (
            ("UPDATE audit_checkpoints SET through = 1",),
            ["the checkpoint at 1 is not that of entry 6, which sealed one at 2", "2 to 2 are missing"],
        ),
        (("UPDATE audit_checkpoints SET sealed_by = 5",), ["no entry seals the checkpoint at 2"]),
        (("UPDATE audit_checkpoints SET sealed_by = 77",), ["no entry seals the checkpoint", "is ahead of"]),
        (("UPDATE audit_checkpoints SET through = 99, sealed_by = 100",), ["at 99 is ahead of the chain"]),
        (("UPDATE audit_checkpoints SET hash = 'x'",), ["the checkpoint at 2 differs from entry 6", "hash"]),
        (("UPDATE audit_checkpoints SET at = '2020-01-01 00:00:00'",), ["checkpoint at 2 differs", "at"]),
        (("DELETE FROM audit_checkpoints",), ["entries 1 to 2 are missing", "entry 6 says that it pruned"]),
        (
            ("INSERT INTO audit_checkpoints SELECT 1, hash, sealed_by, at FROM audit_checkpoints",),
            ["the checkpoint at 1 is not that of entry 6"],
        ),
        (("DELETE FROM audit_entries WHERE seq = 6",), ["no entry seals the checkpoint at 2", "head row"]),
    ],
)  # fmt: skip
def test_a_checkpoint_that_is_not_as_it_was_sealed_is_named(
    db: Database, database_url: str, statements: tuple[str, ...], faults: list[str]
) -> None:
    db.audit.prune(2, entry(operation="audit prune"))
    assert db.audit.verify().clean
    tamper(database_url, *statements)
    found = db.audit.verify()
    for fault in faults:
        assert any(fault in said for said in found.faults), found.faults


def test_an_entry_about_a_pruning_that_never_happened_is_named(db: Database) -> None:
    db.audit.append(entry(evidence={"pruned_through": 2, "pruned_hash": "x"}))
    assert db.audit.verify().faults == ("entry 6 says that it pruned up to 2, and no checkpoint does",)


def test_a_pruning_that_a_later_one_replaced_is_no_fault(db: Database) -> None:
    db.audit.prune(2, entry())
    db.audit.prune(4, entry())
    found = db.audit.verify()
    assert (found.clean, found.first, found.pruned and found.pruned.sealed_by) == (True, 5, 7)


def test_a_head_from_before_the_checkpoint_is_explained(db: Database) -> None:
    second = (2, db.audit.entries(AuditQuery())[-2].hash)
    db.audit.prune(3, entry())
    found = db.audit.verify(second)
    assert found.outlived
    assert found.faults == (
        "entry 2, seen elsewhere, is not here any more: entries up to 3 were pruned on 2026-03-02, as entry 6"
        " says",
    )
    assert not db.audit.verify((99, second[1])).outlived


def test_an_entry_that_cannot_be_read_hides_none_of_the_others(db: Database, database_url: str) -> None:
    nonsense = "x'7b7d'" if database_url.startswith("sqlite") else "'\x7b7d'::bytea"
    tamper(database_url, f"UPDATE audit_entries SET body = {nonsense} WHERE seq = 3")
    assert [(row.seq, row.entry.kind) for row in db.audit.entries(AuditQuery())] == [
        *((5, "started"), (4, "started"), (3, "unreadable"), (2, "started"), (1, "started"))
    ]


def test_nothing_is_pruned_from_a_chain_that_does_not_verify(db: Database, database_url: str) -> None:
    tamper(database_url, "UPDATE audit_entries SET actor = 'x' WHERE seq = 2")
    with pytest.raises(ValueError, match="does not verify"):
        db.audit.prune(3, entry())
    with pytest.raises(ValueError, match="no entry 77"):
        db.audit.prune(77, entry(at=NOW))
    assert len(scalars(database_url, "SELECT seq FROM audit_entries")) == 5
