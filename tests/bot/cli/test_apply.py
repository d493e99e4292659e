"""``lamplighter apply``: the difference, the question, what is kept, and what a mistake says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.cli.person import console_user
from bot.db.database import Database, database
from handlers.ports.store import AuditQuery, CatalogChange
from policies.access.grants import Grant
from policies.access.people import Role
from tests.bot.cli.conftest import EXAMPLE, Console

ME = console_user().name


@contextmanager
def store(console: Console) -> Iterator[Database]:
    db = database(console.url, holder="test", lease_seconds=30)
    try:
        yield db
    finally:
        db.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The example, with a grant for whoever runs this test, so that it can be applied a second time."""
    path = tmp_path / "catalog.yaml"
    mine = f'  - {{ console: {ME}, role: admin, environment: "*" }}\n'
    path.write_text(EXAMPLE.read_text() + mine)
    return path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def names(console: Console) -> list[str]:
    with store(console) as db:
        return [e.name for e in db.catalog.read().environments]


def test_the_first_apply_is_shown_asked_about_and_entry_1(console: Console, file: Path) -> None:
    said = console("apply", str(file), answer="y\n")
    assert said.code == 0, said
    assert "+ environment staging (nonproduction, cluster staging)" in said.out
    assert "+ grant admin on * to slack:T0HOME:U0ADA" in said.out
    assert "Apply this? [y/N]" in said.out
    assert "changes applied" in said.out
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


def test_a_second_apply_changes_nothing_and_says_so(console: Console, file: Path) -> None:
    console("apply", "--yes", str(file))
    said = console("apply", str(file))
    assert said.code == 0
    assert "already is what the file says" in said.out
    assert "Apply this?" not in said.out


def test_only_the_difference_is_shown_and_made(console: Console, file: Path) -> None:
    console("apply", "--yes", str(file))
    change(file, "channel: C0STAGING # changes are told here", "channel: C0OPS")
    change(file, '  - { person: U0OLU, role: operator, environment: "*" }\n', "")
    said = console("apply", "--yes", str(file))
    assert said.code == 0, said
    shown = [line.strip() for line in said.out.splitlines() if line.strip()[:2] in ("+ ", "- ", "~ ")]
    assert shown == [
        "~ environment staging (channel: C0STAGING -> C0OPS)",
        "- grant operator on * to slack:T0HOME:U0OLU",
    ]


def test_what_slack_added_is_shown_and_kept(console: Console, file: Path) -> None:
    console("apply", "--yes", str(file))
    added = Grant("slack:T0HOME:U0NIA", Role.VIEWER, "staging", origin="slack")
    with store(console) as db:
        db.catalog.write(CatalogChange(put_grants=(added,)))
    change(file, "owner: Ada", "owner: Olu")
    said = console("apply", "--yes", str(file))
    assert said.code == 0
    assert "grant viewer on staging to slack:T0HOME:U0NIA, from slack" in said.out
    with store(console) as db:
        assert added in db.catalog.read().grants


def test_a_demotion_is_shown_as_what_it_is(sqlite_console: Console, file: Path) -> None:
    sqlite_console("apply", "--yes", str(file))
    change(file, "U0OLU, role: operator", "U0OLU, role: viewer")
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 0, said
    assert "~ grant on * to slack:T0HOME:U0OLU (role: operator -> viewer)" in said.out
    assert "+ grant" not in said.out


def test_a_first_apply_that_names_no_console_admin_says_who_applies_the_next(sqlite_console: Console) -> None:
    said = sqlite_console("apply", str(EXAMPLE), answer="n\n")
    assert f"! the next file that `{ME}` applies will be refused" in " ".join(said.out.split())


def test_the_first_catalog_must_name_an_admin(sqlite_console: Console, file: Path) -> None:
    file.write_text(file.read_text().split("grants:")[0] + "grants: []\n")
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 1
    assert "must name at least one person as admin" in said.out
    with store(sqlite_console) as db:
        [found] = db.audit.entries(AuditQuery())
        assert (found.entry.kind, found.entry.rule) == ("refused", "catalog.mistakes")


def test_later_only_a_console_user_with_a_grant_may_apply(sqlite_console: Console, file: Path) -> None:
    change(file, f"console: {ME},", "console: somebody-else,")
    sqlite_console("apply", "--yes", str(file))
    change(file, "owner: Ada", "owner: Olu")
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 1
    assert f"The console user `{ME}` has no admin grant" in said.out


def test_a_mistake_refuses_the_file_whole(sqlite_console: Console, file: Path) -> None:
    change(file, "tier: nonproduction", "tier: dev")
    change(file, "open_to: []", "open_to: [restrat]")
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 1
    assert "The file was refused whole; nothing was changed." in said.err
    assert "environments.staging.tier: Input should be 'production' or 'nonproduction'" in said.err
    assert names(sqlite_console) == []


def test_production_cannot_be_opened_to_what_changes_nothing(sqlite_console: Console, file: Path) -> None:
    change(file, "open_to: []", "open_to: [status]")
    said = sqlite_console("apply", "--yes", str(file))
    assert "environments.production.open_to: there is no operation 'status'" in said.err


def test_a_catalog_of_another_team_is_refused(sqlite_console: Console, file: Path) -> None:
    said = sqlite_console("apply", "--yes", str(file), LAMPLIGHTER_SLACK_TEAM="T0OTHER")
    assert "team: T0HOME is not T0OTHER" in said.err


def test_where_aws_cannot_be_asked_it_is_applied_all_the_same_and_said(
    sqlite_console: Console, file: Path
) -> None:
    change(
        file,
        "person: U0VIC, role: viewer, environment: staging",
        "person: U0VIC, role: viewer, environment: stagin",
    )
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 0
    assert "AWS could not be asked about 6 of 6 environments" in said.err
    assert "Slack could not be asked whether another company reads" in said.err
    assert "a grant on 'stagin', which there is not" in said.out
    assert "without an owner: demo-acme, dev-alex, pr-142" in said.out


def test_a_file_that_is_not_there_is_named(sqlite_console: Console) -> None:
    said = sqlite_console("apply", "/nowhere/catalog.yaml")
    assert (said.code, "/nowhere/catalog.yaml: No such file" in said.err) == (1, True)
