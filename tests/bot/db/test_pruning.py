"""A pruning is all or nothing, wherever it fails or is killed, whoever else prunes, and on old databases
too.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from bot.db.database import Database, database
from bot.db.migrate import downgrade, migrate
from bot.db.pruning.evidence import Nothing, NotPruned, Removable
from tests.bot.db.tampering import run, scalars
from tests.contracts.values import NOW, entry, later
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A database with five entries, one a day."""
    made = filled(database_url)
    yield made
    made.dispose()


def filled(url: str) -> Database:
    made = database(url, holder="one", lease_seconds=30)
    for number in range(5):
        made.audit.append(entry(at=later(days=number)))
    return made


class Broken(Exception):
    """A failure of the machine at some moment."""


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_entries",
        "UPDATE audit_head",
        "INSERT INTO audit_checkpoints",
        "DELETE FROM audit_checkpoints",
        "DELETE FROM audit_entries",
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_pruning_that_breaks_anywhere_has_changed_nothing(db: Database, statement: str, when: str) -> None:
    def breaks(*context: object) -> None:
        if str(context[2]).startswith(statement):
            raise Broken

    before = db.audit.verify()
    name = f"{when}_cursor_execute"
    event.listen(db.store.engine, name, breaks)
    with pytest.raises(Broken):
        db.audit.prune(3, entry())
    event.remove(db.store.engine, name, breaks)
    assert db.audit.verify() == before
    assert before.clean
    assert db.audit.prune(3, entry()) == 3
    assert db.audit.verify().clean


KILLED = """
import os, signal, sys
from sqlalchemy import event
from bot.db.database import database
from tests.contracts.values import entry

db = database(sys.argv[1], holder="killed", lease_seconds=30)
removed = []
gone = "DELETE FROM audit_entries"
event.listen(db.store.engine, "after_cursor_execute", lambda *a: removed.append(a[2].startswith(gone)))
event.listen(db.store.engine, "commit", lambda _: any(removed) and os.kill(os.getpid(), signal.SIGKILL))
db.audit.prune(3, entry())
"""


def test_a_pruning_that_is_killed_before_its_commit_has_changed_nothing(
    db: Database, database_url: str
) -> None:
    before = db.audit.verify()
    done = subprocess.run([sys.executable, "-c", KILLED, database_url], cwd=ROOT, timeout=PATIENCE)
    assert done.returncode == -signal.SIGKILL
    assert db.audit.verify() == before
    assert db.audit.prune(3, entry()) == 3
    assert db.audit.verify().clean


def test_one_of_several_prunings_at_once_succeeds_and_nothing_is_lost(
    db: Database, database_url: str
) -> None:
    others = [database(database_url, holder=f"n{n}", lease_seconds=30) for n in range(4)]

    def prune(other: Database) -> int:
        try:
            return other.audit.prune(3, entry())
        except NotPruned:
            return 0

    with ThreadPoolExecutor(5) as pool:
        writing = [pool.submit(db.audit.append, entry(at=later(days=9))) for _ in range(5)]
        removed = list(pool.map(prune, others))
        for future in writing:
            future.result()
    assert sorted(removed) == [0, 0, 0, 3]
    found = db.audit.verify()
    assert (found.clean, found.first, found.count) == (True, 4, 8)
    for other in others:
        other.dispose()


def test_older_entries_up_to_the_first_younger_one_may_be_removed(db: Database) -> None:
    assert db.audit.removable(later(days=2)) == Removable(1, 2, NOW, later(days=1), stays=3, running=False)
    assert db.audit.removable(later(days=99)) == Removable(
        1, 5, NOW, later(days=4), stays=None, running=False
    )
    assert db.audit.removable(NOW) == Nothing()


def test_the_previous_release_works_after_a_pruning_and_so_does_this_one_again(
    db: Database, database_url: str
) -> None:
    db.audit.prune(2, entry())
    downgrade(database_url, "0004")
    assert scalars(database_url, "SELECT through FROM audit_checkpoints") == [2]
    migrate(database_url)
    assert db.audit.verify().clean
    assert db.audit.prune(4, entry()) == 2
    assert db.audit.verify().clean


def test_a_log_of_the_previous_release_upgrades_with_its_entries_and_its_checkpoint(
    empty_database_url: str,
) -> None:
    url = empty_database_url
    migrate(url, to="0004")
    db = filled(url)
    [digest] = scalars(url, "SELECT hash FROM audit_entries WHERE seq = 2")
    db.audit.append(entry(operation="audit prune", evidence={"pruned_through": 2, "pruned_hash": digest}))
    run(
        url,
        f"INSERT INTO audit_checkpoints SELECT 2, '{digest}', 6, at FROM audit_entries WHERE seq = 6",
        "DELETE FROM audit_entries WHERE seq <= 2",
    )
    migrate(url)
    found = db.audit.verify()
    assert (found.clean, found.first, found.count) == (True, 3, 4)
    assert db.audit.prune(4, entry()) == 2
    assert db.audit.verify().clean
    db.dispose()


def test_the_upgrade_revokes_excessive_rights_on_evidence_from_all_but_the_owner(
    empty_postgres_url: str,
) -> None:
    url = empty_postgres_url
    migrate(url, to="0004")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute('CREATE ROLE "Old Serve"')
        try:
            owner.execute(
                'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "Old Serve"'
            )
            owner.execute("GRANT TRUNCATE, INSERT ON audit_checkpoints TO PUBLIC")
            owner.execute('GRANT UPDATE (hash) ON audit_entries TO "Old Serve"')
            migrate(url)
            asked = (
                "SELECT privilege_type FROM information_schema.{} WHERE table_name = '{}' AND grantee = '{}'"
            )
            of = {
                (table, grantee): sorted({
                    row[0]
                    for view in ("table_privileges", "column_privileges")
                    for row in owner.execute(asked.format(view, table, grantee))
                })
                for table in ("audit_entries", "audit_checkpoints", "audit_head", "operations")
                for grantee in ("Old Serve", "PUBLIC")
            }  # fmt: skip
            assert of["audit_entries", "Old Serve"] == ["INSERT", "SELECT"]
            assert of["audit_head", "Old Serve"] == ["SELECT", "UPDATE"]
            assert of["audit_checkpoints", "Old Serve"] == ["SELECT"]
            assert of["audit_checkpoints", "PUBLIC"] == []
            assert of["operations", "Old Serve"] == ["DELETE", "INSERT", "SELECT", "UPDATE"]
        finally:
            owner.execute('DROP OWNED BY "Old Serve"')
            owner.execute('DROP ROLE "Old Serve"')
