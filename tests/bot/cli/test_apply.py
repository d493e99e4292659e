"""``lamplighter apply``: the difference, the question, what is kept, and what a mistake says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.db.database import Database, database
from handlers.ports.store import AuditQuery, CatalogChange
from policies.access.grants import Grant
from policies.access.people import Role
from tests.bot.cli.conftest import EXAMPLE, Console, Said
from tests.bot.cli.pages import ME, findings, lines, page
from tests.golden import Golden


@contextmanager
def store(console: Console) -> Iterator[Database]:
    db = database(console.url, holder="test", lease_seconds=30)
    try:
        yield db
    finally:
        db.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The example, with a grant for whoever runs this test, so that the file can be applied a second time."""
    path = tmp_path / "catalog.yaml"
    mine = f'  - {{ console: {ME}, role: admin, environment: "*" }}\n'
    path.write_text(EXAMPLE.read_text() + mine)
    return path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def changes(said: Said) -> list[str]:
    """The lines of the difference."""
    shown = (line.strip() for line in said.out.splitlines())
    return [line for line in shown if line[:2] in ("+ ", "- ", "~ ")]


def names(console: Console) -> list[str]:
    with store(console) as db:
        return [e.name for e in db.catalog.read().environments]


def test_the_first_apply_is_shown_confirmed_and_recorded_as_entry_1(
    console: Console, file: Path, golden: Golden
) -> None:
    said = console("apply", str(file), answer="y\n")
    assert said.code == 0, said
    assert page(said.out) == golden(name="said")
    assert said.out.count("+ environment staging") == 1, "what was shown is not shown again"
    assert "staging" in names(console)
    with store(console) as db:
        [closed, started] = db.audit.entries(AuditQuery())
        assert (started.seq, started.entry.kind, started.entry.actor) == (1, "started", f"console:{ME}")
        assert started.entry.rule == "access.first"
        assert closed.entry.outcome == "succeeded"
        assert f"{closed.seq}:{closed.hash}" in said.out


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_without_a_yes_nothing_is_changed(sqlite_console: Console, file: Path, answer: str) -> None:
    said = sqlite_console("apply", str(file), answer=answer)
    assert said.code == 1
    assert "Nothing was changed." in said.err
    assert names(sqlite_console) == []


def test_a_second_apply_changes_nothing_and_says_so(console: Console, file: Path, golden: Golden) -> None:
    console("apply", "--yes", str(file))
    said = console("apply", str(file))
    assert said.code == 0
    assert page(said.out).splitlines()[0] == golden(name="said")
    assert "Apply this?" not in said.out


def test_only_the_difference_is_shown_and_made(console: Console, file: Path, golden: Golden) -> None:
    console("apply", "--yes", str(file))
    change(file, "channel: C0STAGING # changes are told here", "channel: C0OPS")
    change(file, '  - { person: U0OLU, role: operator, environment: "*" }\n', "")
    said = console("apply", "--yes", str(file))
    assert said.code == 0, said
    changed, removed = changes(said)
    assert changed.startswith("~ environment staging ")
    assert removed.startswith("- grant ") and "U0OLU" in removed
    assert [changed, removed] == golden(name="said")


def test_grants_that_slack_added_are_shown_and_kept(console: Console, file: Path, golden: Golden) -> None:
    console("apply", "--yes", str(file))
    added = Grant("slack:T0HOME:U0NIA", Role.VIEWER, "staging", origin="slack")
    with store(console) as db:
        db.catalog.write(CatalogChange(put_grants=(added,)))
    change(file, "owner: Ada", "owner: Olu")
    said = console("apply", "--yes", str(file))
    assert said.code == 0
    assert lines(said.out, "U0NIA") == golden(name="said")
    with store(console) as db:
        assert added in db.catalog.read().grants


def test_a_demotion_is_shown_as_a_demotion(sqlite_console: Console, file: Path, golden: Golden) -> None:
    sqlite_console("apply", "--yes", str(file))
    change(file, "U0OLU, role: operator", "U0OLU, role: viewer")
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 0, said
    [changed] = changes(said)
    assert changed.startswith("~ grant ")
    assert changed == golden


def test_a_first_apply_that_names_no_console_admin_says_who_applies_the_next(
    sqlite_console: Console, golden: Golden
) -> None:
    said = sqlite_console("apply", str(EXAMPLE), answer="n\n")
    assert lines(said.out, "will be refused") == golden


def test_the_first_catalog_must_name_an_admin(sqlite_console: Console, file: Path, golden: Golden) -> None:
    file.write_text(file.read_text().split("grants:")[0] + "grants: []\n")
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 1
    assert lines(said.out, "grants: ") == golden
    with store(sqlite_console) as db:
        [found] = db.audit.entries(AuditQuery())
        assert (found.entry.kind, found.entry.rule) == ("refused", "catalog.mistakes")


def test_later_only_a_console_user_with_a_grant_may_apply(
    sqlite_console: Console, file: Path, golden: Golden
) -> None:
    change(file, f"console: {ME},", "console: somebody-else,")
    sqlite_console("apply", "--yes", str(file))
    change(file, "owner: Ada", "owner: Olu")
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 1
    assert page(said.out) == golden


def test_a_mistake_refuses_the_file_whole(sqlite_console: Console, file: Path, golden: Golden) -> None:
    change(file, "tier: nonproduction", "tier: dev")
    change(file, "open_to: []", "open_to: [restrat]")
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 1
    assert "environments.staging.tier: " in said.err
    assert page(said.err) == golden
    assert names(sqlite_console) == []


def test_production_cannot_be_opened_to_an_operation_that_changes_nothing(
    sqlite_console: Console, file: Path
) -> None:
    change(file, "open_to: []", "open_to: [status]")
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 1
    assert "environments.production.open_to: " in said.err


def test_a_catalog_of_another_team_is_refused(sqlite_console: Console, file: Path) -> None:
    said = sqlite_console("apply", "--yes", str(file), LAMPLIGHTER_SLACK_TEAM="T0OTHER")
    assert said.code == 1
    assert "team: " in said.err


def test_a_catalog_is_applied_even_if_aws_cannot_be_asked_and_the_command_says_so(
    sqlite_console: Console, file: Path, golden: Golden
) -> None:
    change(
        file,
        "person: U0VIC, role: viewer, environment: staging",
        "person: U0VIC, role: viewer, environment: stagin",
    )
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 0
    assert page(said.err) == golden
    ownerless, strange = findings(said.out, "catalog")
    assert (ownerless.mark, strange.mark) == ("note", "note")
    assert "pr-142" in ownerless.said
    assert "'stagin'" in strange.said


def test_a_file_that_is_not_there_is_named(sqlite_console: Console) -> None:
    said = sqlite_console("apply", "/nowhere/catalog.yaml")
    assert (said.code, "/nowhere/catalog.yaml" in said.err) == (1, True)
