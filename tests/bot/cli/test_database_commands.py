"""``migrate``, ``backup`` and ``restore``, and what every command says of an unsuitable database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db.engine import engine
from tests.bot.cli.conftest import EXAMPLE, Console
from tests.bot.cli.pages import page
from tests.golden import Golden

Typed = Callable[[str], Console]

COMMANDS = [
    ["audit", "list"],
    ["audit", "export"],
    ["audit", "verify"],
    ["audit", "prune", "--yes"],
    ["apply", "--yes", str(EXAMPLE)],
    ["policy"],
    ["backup", "/nowhere/backup.zip"],
]
SLACK = {"LAMPLIGHTER_SLACK_BOT_TOKEN": "xoxb-test", "LAMPLIGHTER_SLACK_APP_TOKEN": "xapp-test"}


def version(url: str, number: str) -> None:
    """Pretend that another release has migrated the database."""
    made = engine(url)
    with made.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})
    made.dispose()


def test_migrating_makes_the_tables_and_may_be_repeated(
    typed: Typed, empty_database_url: str, golden: Golden
) -> None:
    console = typed(empty_database_url)
    for _ in range(2):
        said = console("migrate")
        assert said.code == 0
    assert page(said.out) == golden(name="said")
    assert console("audit", "verify").code == 0


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(c[:2]))
def test_a_database_without_tables_is_reported_with_the_next_step(
    typed: Typed, empty_sqlite_url: str, command: list[str], golden: Golden
) -> None:
    said = typed(empty_sqlite_url)(*command)
    assert said.code == 1
    assert page(said.err) == golden(name="said")


@pytest.mark.parametrize("command", [*COMMANDS, ["migrate"], ["serve"]], ids=lambda c: " ".join(c[:2]))
def test_a_newer_database_is_left_alone(sqlite_console: Console, command: list[str], golden: Golden) -> None:
    version(sqlite_console.url, "9999")
    said = sqlite_console(*command, **SLACK)
    assert said.code == 1
    assert page(said.err) == golden(name="said")


def test_serve_refuses_an_empty_database(typed: Typed, empty_database_url: str) -> None:
    said = typed(empty_database_url)("serve", **SLACK)
    assert said.code == 1
    assert "run `lamplighter migrate`" in said.err


def test_a_database_that_does_not_answer_is_reported_in_words(typed: Typed, golden: Golden) -> None:
    console = typed("postgresql://nobody:hunter2hunter2@127.0.0.1:1/none")
    told = set()
    for command in (["migrate"], ["audit", "list"], ["backup", "/nowhere/backup.zip"]):
        said = console(*command)
        assert said.code == 1
        assert "hunter2" not in said.err
        told.add(page(said.err))
    [said_each_time] = told
    assert said_each_time == golden


def test_a_folder_that_is_missing_is_named(typed: Typed, tmp_path: Path, golden: Golden) -> None:
    console = typed(f"sqlite:///{tmp_path}/missing/lamplighter.db")
    told = set()
    for command in (["migrate"], ["audit", "list"], ["restore", str(EXAMPLE)]):
        said = console(*command)
        assert said.code == 1
        told.add(page(said.err, tmp_path))
    [said_each_time] = told
    assert said_each_time == golden


def test_a_wrong_setting_ends_every_command_with_its_name(typed: Typed) -> None:
    for command in (["migrate"], ["audit", "list"], ["doctor"], ["serve"], ["apply", str(EXAMPLE)]):
        said = typed("mysql://db/x")(*command)
        assert said.code == 1
        assert said.err.startswith("settings: LAMPLIGHTER_DATABASE_URL: ")


def test_tables_and_migrations_agree(typed: Typed, golden: Golden) -> None:
    said = typed("mysql://is/never/read")("migrate", "--check")
    assert said.code == 0
    assert page(said.out) == golden


def test_a_backup_is_restored_into_either_database(
    console: Console, typed: Typed, empty_database_url: str, tmp_path: Path, golden: Golden
) -> None:
    console("apply", "--yes", str(EXAMPLE))
    head = console("audit", "verify").out.split("the head is ")[1].strip().split()[0]
    file = tmp_path / "lamplighter.zip"
    said = console("backup", str(file))
    assert said.code == 0, said
    assert page(said.out, tmp_path) == golden(name="said")
    other = typed(empty_database_url)
    said = other("restore", str(file))
    assert head in said.out
    assert page(said.out) == golden(name="then")
    assert other("audit", "verify", "--head", head).code == 0
    assert other("policy", "--environment", "staging").code == 0


def test_a_backup_never_overwrites_and_a_restore_never_mixes(
    sqlite_console: Console, tmp_path: Path, golden: Golden
) -> None:
    sqlite_console("apply", "--yes", str(EXAMPLE))
    file = tmp_path / "lamplighter.zip"
    sqlite_console("backup", str(file))
    said = sqlite_console("backup", str(file))
    assert said.code == 1
    assert page(said.err, tmp_path) == golden
    said = sqlite_console("restore", str(file))
    assert said.code == 1
    assert page(said.err, tmp_path) == golden


@pytest.mark.parametrize("name", ["none.zip", "bad.zip"])
def test_a_file_that_cannot_be_restored_is_reported(
    typed: Typed, empty_sqlite_url: str, tmp_path: Path, name: str, golden: Golden
) -> None:
    (tmp_path / "bad.zip").write_text("nonsense")
    said = typed(empty_sqlite_url)("restore", str(tmp_path / name))
    assert said.code == 1
    assert page(said.err, tmp_path) == golden


def test_a_backup_that_cannot_be_written_is_reported(sqlite_console: Console, golden: Golden) -> None:
    said = sqlite_console("backup", "/nowhere/backup.zip")
    assert said.code == 1
    assert page(said.err) == golden
