"""The PostgreSQL roles of ``docs/operate.md``: what each must be able to do, and what it must not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import make_url

from bot.cli.checks.evidence import evidence
from bot.db.database import database
from tests.bot.cli.conftest import EXAMPLE, ROOT, Console
from tests.bot.cli.test_audit import entry

OPERATE = ROOT / "docs" / "operate.md"
NAMES = ("lamplighter_serve", "lamplighter_prune")
OLD = (
    "GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO lamplighter_serve",
    "REVOKE UPDATE ON audit_entries FROM lamplighter_serve",
)
"""The grants that the previous release's page named."""


@dataclass(frozen=True)
class Roles:
    """The console of each role, on one database, and a connection of its owner."""

    owner: psycopg.Connection
    url: str

    def address(self, name: str) -> str:
        return make_url(self.url).set(username=name).render_as_string(hide_password=False)

    @property
    def serve(self) -> Console:
        return Console(self.address("lamplighter_serve"), {})

    @property
    def prune(self) -> Console:
        return Console(self.address("lamplighter_prune"), {})

    def tried(self, name: str, statement: str) -> None:
        with psycopg.connect(self.address(name), options=f"-c role={name}") as connection:
            connection.execute(statement)

    def doctor(self) -> list[tuple[bool | None, str, str]]:
        db = database(self.address("lamplighter_serve"), holder="test", lease_seconds=30)
        found = [(check.well, check.said, check.todo) for check in evidence(db)]
        db.dispose()
        return found


@pytest.fixture
def roles(postgres_url: str) -> Iterator[Roles]:
    """Run the page's statements as they stand, and add three entries, the first from 2021."""
    [statements] = re.findall(r"```sql\n(.*?)```", OPERATE.read_text(), re.DOTALL)
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(statements)
        try:
            found = Roles(owner, postgres_url)
            db = database(found.address("lamplighter_serve"), holder="test", lease_seconds=30)
            for at in (datetime(2021, 5, 1, tzinfo=UTC), datetime.now(UTC), datetime.now(UTC)):
                db.audit.append(entry(0, at=at))
            db.dispose()
            yield found
        finally:
            for name in NAMES:
                owner.execute(f"DROP OWNED BY {name}")
                owner.execute(f"DROP ROLE {name}")


def test_serve_can_work_with_the_role_that_does_not_own_the_tables(roles: Roles) -> None:
    said = roles.serve("apply", "--yes", str(EXAMPLE))
    assert said.code == 0, said
    assert roles.serve("audit", "export").code == 0
    assert roles.serve("audit", "verify").code == 0
    assert [(well, todo) for well, _, todo in roles.doctor()] == [(True, "")]


POINT = "INSERT INTO audit_checkpoints SELECT seq, hash, 3, at FROM audit_entries WHERE seq = 2"
NEVER = [
    "UPDATE audit_entries SET body = body",
    "TRUNCATE audit_entries",
    "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
    "ALTER TABLE audit_entries OWNER TO lamplighter_serve",
    "DROP TABLE audit_entries",
    "DROP TRIGGER audit_entries_no_delete ON audit_entries",
    "CREATE TRIGGER mine BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse()",
    "CREATE OR REPLACE FUNCTION audit_entries_keep() RETURNS trigger LANGUAGE sql AS ''",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE public.mine (id int REFERENCES audit_entries (seq))",
    "DROP FUNCTION audit_checkpoints_judge() CASCADE",
    "UPDATE audit_checkpoints SET through = through",
    "TRUNCATE audit_checkpoints",
    "SET session_replication_role = replica",
    "DELETE FROM audit_head",
    "TRUNCATE audit_head",
    "UPDATE alembic_version SET version_num = version_num",
]
OF_SERVE = [
    POINT,
    "DELETE FROM audit_entries",
    "CREATE TEMPORARY TABLE audit_checkpoints AS SELECT 9::bigint AS through; DELETE FROM audit_entries",
    "DELETE FROM audit_checkpoints",
    "WITH gone AS (DELETE FROM audit_entries RETURNING 1) SELECT * FROM gone",
    "INSERT INTO audit_entries SELECT * FROM audit_entries ON CONFLICT (seq) DO UPDATE SET hash = 'x'",
    "COPY audit_checkpoints FROM STDIN",
    "SET ROLE lamplighter_prune",
]


@pytest.mark.parametrize("statement", [*NEVER, *OF_SERVE])
def test_the_serving_role_has_no_way_to_remove_evidence(roles: Roles, statement: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.WrongObjectType)):
        roles.tried("lamplighter_serve", statement)
    assert roles.serve("audit", "verify").code == 0


@pytest.mark.parametrize("statement", NEVER)
def test_the_pruning_role_can_do_nothing_but_prune(roles: Roles, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        roles.tried("lamplighter_prune", statement)


def test_the_pruning_role_removes_only_entries_behind_a_sealed_checkpoint(roles: Roles) -> None:
    for statement in ("DELETE FROM audit_entries", POINT):
        with pytest.raises(psycopg.errors.RaiseException):
            roles.tried("lamplighter_prune", statement)
    assert roles.serve("audit", "verify").code == 0


def test_only_the_pruning_role_may_prune_and_the_serving_role_is_told_so(roles: Roles) -> None:
    said = roles.serve("audit", "prune", "--yes")
    assert said.code == 1
    assert "it lacks DELETE on audit_entries, DELETE on audit_checkpoints, INSERT on audit" in said.err
    assert roles.serve("audit", "verify").out.startswith("3 entries from 1;")
    said = roles.prune("audit", "prune", "--yes")
    assert said.code == 0, said
    assert roles.serve("audit", "verify").out.startswith("3 entries from 2;")


def test_the_doctor_names_excessive_rights_and_its_sql_removes_them(roles: Roles) -> None:
    for statement in (
        *OLD,
        "GRANT UPDATE (hash) ON audit_entries TO lamplighter_serve",
        "GRANT TRIGGER ON audit_entries TO PUBLIC",
        "GRANT lamplighter_prune TO lamplighter_serve",
        "GRANT pg_write_all_data TO lamplighter_serve",
        "GRANT CREATE ON SCHEMA public TO lamplighter_serve",
        "ALTER ROLE lamplighter_serve CREATEROLE",
    ):
        roles.owner.execute(statement)
    [(well, said, todo)] = roles.doctor()
    assert well is False
    for excess in (
        "the role lamplighter_serve can do too much: it is a member of lamplighter_prune; it is a member of"
        " pg_write_all_data; it can make itself",
        "it has DELETE, INSERT, UPDATE on audit_checkpoints",
        "it has DELETE, UPDATE on audit_entries",
        "it has TRIGGER on audit_entries",
        "it can make tables and functions in the schema public",
    ):
        assert excess in said
    roles.owner.execute(todo.removeprefix("as the owner: "))
    assert [well for well, _, _ in roles.doctor()] == [True]
    assert roles.serve("apply", "--yes", str(EXAMPLE)).code == 0
    assert roles.prune("audit", "prune", "--yes").code == 0


def test_a_member_of_the_owner_is_distinguished_from_the_owner(roles: Roles) -> None:
    owner = make_url(roles.url).username
    roles.owner.execute(f"GRANT {owner} TO lamplighter_serve")
    [(well, said, todo)] = roles.doctor()
    assert (well, f"is a member of {owner}" in said) == (False, True)
    assert f"REVOKE {owner} FROM lamplighter_serve;" in todo
    roles.owner.execute(todo.removeprefix("as the owner: "))
    assert [well for well, _, _ in roles.doctor()] == [True]
    db = database(roles.url, holder="test", lease_seconds=30)
    assert [check.well for check in evidence(db)] == [None]
    db.dispose()
