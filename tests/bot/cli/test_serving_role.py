"""The PostgreSQL role of ``docs/operate.md`` that does not own the tables."""

from __future__ import annotations

import re

import psycopg
import pytest
from sqlalchemy import make_url

from tests.bot.cli.conftest import EXAMPLE, ROOT, Console

OPERATE = ROOT / "docs" / "operate.md"


def test_serve_can_work_with_the_role_that_does_not_own_the_tables(postgres_url: str) -> None:
    """The statements of the page, as they stand there; and what that role must not be able to do."""
    [statements] = re.findall(r"```sql\n(.*?)```", OPERATE.read_text(), re.DOTALL)
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(statements)
        try:
            url = make_url(postgres_url).set(username="lamplighter_serve")
            console = Console(url.render_as_string(hide_password=False), {})
            said = console("apply", "--yes", str(EXAMPLE))
            assert said.code == 0, said
            assert console("audit", "export").code == 0
            assert console("audit", "verify").code == 0
            for forbidden in (
                "UPDATE audit_entries SET body = body",
                "TRUNCATE audit_entries",
                "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
                "DROP TABLE audit_entries",
                "UPDATE alembic_version SET version_num = version_num",
            ):
                with (
                    psycopg.connect(postgres_url.replace("postgres:", "lamplighter_serve:", 1)) as serving,
                    pytest.raises(psycopg.errors.InsufficientPrivilege),
                ):
                    serving.execute("SET ROLE lamplighter_serve")
                    serving.execute(forbidden)
        finally:
            owner.execute("DROP OWNED BY lamplighter_serve")
            owner.execute("DROP ROLE lamplighter_serve")
