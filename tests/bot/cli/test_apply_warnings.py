"""``lamplighter apply``: its warnings before the question, and the line that it offers to add."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.catalog_file import load
from bot.cli.own_grant import OwnGrant, with_line
from bot.cli.person import console_user
from tests.bot.cli.conftest import EXAMPLE, Console

ME = console_user().name
MINE = f'{{ console: {ME}, role: admin, environment: "*" }}'
LINE = f"  - {MINE}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "catalog.yaml"
    path.write_text(EXAMPLE.read_text())
    return path


def test_the_missing_line_is_named_offered_and_added_so_the_next_apply_works(
    sqlite_console: Console, file: Path
) -> None:
    before = file.read_text()
    said = sqlite_console("apply", str(file), answer="y\ny\n")
    assert said.code == 0, said
    assert f"- {MINE}" in said.out
    assert f"+ grant admin on * to console:{ME}" in said.out
    assert "Add that line to catalog.yaml? [y/N]" in said.out
    assert file.read_text() == before.replace("grants:\n", f"grants:\n{LINE}")
    file.write_text(file.read_text().replace("owner: Ada", "owner: Olu", 1))
    again = sqlite_console("apply", "--yes", str(file))
    assert again.code == 0, again
    assert "will be refused" not in again.out


@pytest.mark.parametrize("answer", ["n\nn\n", "y\nn\n", "y\n", ""])
def test_a_file_that_is_not_applied_is_not_written_to(
    sqlite_console: Console, file: Path, answer: str
) -> None:
    before = file.read_text()
    assert sqlite_console("apply", str(file), answer=answer).code == 1
    assert file.read_text() == before


def test_with_yes_the_line_is_named_and_nothing_is_asked_or_written(
    sqlite_console: Console, file: Path
) -> None:
    before = file.read_text()
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 0
    assert f"- {MINE}" in said.out
    assert "[y/N]" not in said.out
    assert file.read_text() == before


def test_a_file_is_applied_although_the_offer_is_declined(sqlite_console: Console, file: Path) -> None:
    before = file.read_text()
    assert sqlite_console("apply", str(file), answer="n\ny\n").code == 0
    assert file.read_text() == before


def test_a_link_to_the_file_stays_a_link(sqlite_console: Console, file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mounted"
    folder.mkdir()
    link = folder / "catalog.yaml"
    link.symlink_to(file)
    assert sqlite_console("apply", str(link), answer="y\ny\n").code == 0
    assert link.is_symlink() and LINE in file.read_text()


def test_a_file_that_has_changed_or_gone_is_not_written_to(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    OwnGrant(file, "before", "after", "").write()
    assert "changed meanwhile" in capsys.readouterr().err
    assert file.read_text() == EXAMPLE.read_text()
    OwnGrant(tmp_path / "gone.yaml", "before", "after", "").write()
    assert "cannot be written (No such file or directory)" in capsys.readouterr().err


@pytest.mark.parametrize(
    "shape",
    [
        lambda text: text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("grants:\n  -", "grants: # who may what\n  # the admins\n  -"),
        lambda text: (
            text.split("grants:")[0] + 'grants: [{ person: U0ADA, role: admin, environment: "*" }]\n'
        ),
        lambda text: (
            text.split("grants:")[0] + 'grants:\n- person: U0ADA\n  role: admin\n  environment: "*"\n'
        ),
        lambda text: (
            "grants:\n- { person: U0ADA, role: admin, environment: '*' }\n" + text.split("grants:")[0]
        ),
    ],
)
def test_the_line_goes_before_the_first_grant_and_nothing_else_moves(
    shape: Callable[[str], str], tmp_path: Path
) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_bytes(shape(EXAMPLE.read_text()).encode())
    before, text = load(path), path.read_bytes().decode()
    after = with_line(text, MINE)
    path.write_bytes(after.encode())
    first, *others = load(path).grants
    assert first.subject == f"console:{ME}"
    assert tuple(others) == before.grants
    assert len(after) - len(text) < len(LINE) + 4


@pytest.mark.parametrize("text", ["grants: []", "team: T0HOME", "grants: &a\n  - x", "- a", ""])
def test_nothing_is_offered_if_the_file_has_no_place_for_the_line(text: str) -> None:
    assert with_line(text, MINE) == ""


@pytest.mark.parametrize(
    ("grant", "warned"),
    [
        ("person: U0VIC, role: viewer, environment: stagin", "'stagin', which there is not; perhaps staging"),
        (
            "person: U0VIC, role: viewer, environment: staging, until: 2020-01-01",
            "ended at 2020-01-01 00:00 UTC",
        ),
        ('person: U0VIC, role: viewer, environment: "zz-*"', "covers no environment now"),
        (
            'person: U0VIC, role: viewer, environment: "produ*"',
            "production is production, which is granted by its",
        ),
    ],
)
def test_a_grant_without_effect_is_named_before_the_question(
    sqlite_console: Console, file: Path, grant: str, warned: str
) -> None:
    text = file.read_text()
    assert "person: U0VIC, role: viewer, environment: staging" in text
    file.write_text(text.replace("person: U0VIC, role: viewer, environment: staging", grant))
    said = sqlite_console("apply", str(file), answer="n\nn\n").out
    [line] = [line for line in said.splitlines() if warned in line]
    assert line.strip().startswith("! a grant on ")
    assert said.index(line) < said.index("Apply this?")


@pytest.mark.parametrize("until", ['"2031"', "2031", "20310501", "5", "1.5"])
def test_a_bare_number_is_not_a_date(sqlite_console: Console, file: Path, until: str) -> None:
    text = file.read_text().replace(
        "role: viewer, environment: staging", f"role: viewer, environment: staging, until: {until}"
    )
    file.write_text(text)
    said = sqlite_console("apply", "--yes", str(file))
    assert said.code == 1
    assert "until: " in said.err and "write a date (2026-12-31)" in said.err
