"""``lamplighter audit``: filters, exports that a spreadsheet may open safely, and verification."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cli.audit_filters import Filters
from bot.cli.audit_formats import cell
from bot.db.database import database
from policies.record.evidence import Entry
from tests.bot.cli.conftest import Console
from tests.bot.cli.pages import page
from tests.golden import Golden

DAY = datetime(2031, 5, 1, 8, 0, tzinfo=UTC)


def entry(day: int, **fields: Any) -> Entry:
    known: dict[str, Any] = {
        "at": DAY + timedelta(days=day),
        "kind": "closed",
        "actor": "slack:T0HOME:U0DEV",
        "actor_name": "Dev",
        "source": "slash",
        "operation": "restart",
        "environment": "staging",
        "target": "orders-api",
        "outcome": "succeeded",
    }
    return Entry(**{**known, **fields})


@pytest.fixture
def filled(console: Console) -> Console:
    db = database(console.url, holder="test", lease_seconds=30)
    for written in (
        entry(0, before={"running": 2}, request_ids=("r-1",), seconds=38.5),
        entry(1, actor="slack:T0HOME:U0OLU", actor_name="Olu", environment="qa-eu"),
        entry(2, kind="refused", reason='=HYPERLINK("http://evil.example")', count=3),
        entry(3, operation="redeploy", actor="console:root", actor_name="root"),
    ):
        db.audit.append(written)
    db.dispose()
    return console


@pytest.mark.parametrize(
    ("words", "seqs"),
    [
        ([], [4, 3, 2, 1]),
        (["--limit", "1"], [4]),
        (["--environment", "qa-eu"], [2]),
        (["--person", "slack:T0HOME:U0DEV"], [3, 1]),
        (["--person", "U0OLU"], [2]),
        (["--person", "root"], [4]),
        (["--operation", "redeploy"], [4]),
        (["--since", "2031-05-02", "--until", "2031-05-04"], [3, 2]),
        (["--since", "2031-05-03T10:00+02:00"], [4, 3]),
        (["--environment", "staging", "--operation", "restart", "--until", "2031-05-02"], [1]),
    ],
)
def test_entries_are_listed_by_every_filter_newest_first(
    filled: Console, words: list[str], seqs: list[int]
) -> None:
    said = filled("audit", "list", *words, LAMPLIGHTER_SLACK_TEAM="T0HOME")
    assert said.code == 0
    assert [int(line.split()[0]) for line in said.out.splitlines()] == seqs


def test_somebody_at_a_terminal_is_found_by_what_aws_calls_them() -> None:
    filters = Filters("", "arn:aws:iam::123456789012:user/olu", "", "", "")
    assert filters.query(1, []).actor == "console:arn:aws:iam::123456789012:user/olu"


def test_a_search_without_matches_is_distinguished_from_an_empty_log(
    sqlite_console: Console, golden: Golden
) -> None:
    assert page(sqlite_console("audit", "list").err) == golden
    said = sqlite_console("audit", "list", "--environment", "nowhere")
    assert (said.code, said.out) == (0, "")
    assert page(said.err) == golden


@pytest.mark.parametrize("words", [["--since", "yesterday"], ["--person", "U0DEV"], ["--limit", "0"]])
def test_an_invalid_filter_is_named(sqlite_console: Console, words: list[str]) -> None:
    said = sqlite_console("audit", "list", *words)
    assert said.code == 2
    assert words[0] in said.err


def test_json_lines_hold_everything_and_the_export_itself(filled: Console) -> None:
    said = filled("audit", "export")
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert [row["seq"] for row in rows] == [5, 4, 3, 2, 1]
    assert (rows[0]["operation"], rows[0]["kind"]) == ("audit export", "read")
    assert rows[0]["arguments"] == {"format": "jsonl"}
    assert (rows[-1]["before"], rows[-1]["request_ids"], rows[-1]["seconds"]) == (
        {"running": 2},
        ["r-1"],
        38.5,
    )
    assert all(len(row["hash"]) == 64 for row in rows)


def test_a_spreadsheet_takes_no_cell_for_a_formula(filled: Console) -> None:
    said = filled("audit", "export", "--format", "csv", "--environment", "staging")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [row["seq"] for row in rows] == ["5", "4", "3", "1"]
    assert rows[2]["reason"] == '\'=HYPERLINK("http://evil.example")'
    assert rows[2]["count"] == "3"
    assert json.loads(rows[3]["before"]) == {"running": 2}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "  =1", "\r", "\nx", "\uff1d1"])
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "made"), [(None, ""), (1.5, "1.5"), ("a=1", "a=1"), ({}, ""), ((), "")])
def test_other_cells_stay_as_they_are(value: object, made: str) -> None:
    assert cell(value) == made


def test_an_export_of_many_pages_holds_each_entry_once(sqlite_console: Console) -> None:
    db = database(sqlite_console.url, holder="test", lease_seconds=30)
    for day in range(601):
        db.audit.append(entry(day))
    db.dispose()
    rows = [json.loads(line)["seq"] for line in sqlite_console("audit", "export").out.splitlines()]
    assert rows == list(range(602, 0, -1))


def test_a_whole_chain_verifies_and_an_outside_head_is_looked_for(filled: Console, golden: Golden) -> None:
    said = filled("audit", "verify")
    assert said.code == 0
    assert page(said.out) == golden(name="said")
    head = said.out.split("the head is ")[1].split()[0]
    filled("audit", "export")
    later = filled("audit", "verify", "--head", head)
    assert later.code == 0
    assert page(later.out).splitlines()[-1] == golden(name="then")


def test_a_head_that_was_rewritten_is_a_fault(filled: Console) -> None:
    said = filled("audit", "verify", "--head", f"2:{'0' * 64}")
    assert said.code == 1
    assert "entry 2 " in said.out
    assert said.err


@pytest.mark.parametrize("head", ["2", "x:y", "2:abc", ":"])
def test_an_invalid_head_is_named(sqlite_console: Console, head: str) -> None:
    assert sqlite_console("audit", "verify", "--head", head).code == 2


def test_a_changed_entry_is_found(sqlite_console: Console) -> None:
    db = database(sqlite_console.url, holder="test", lease_seconds=30)
    for day in range(3):
        db.audit.append(entry(day))
    db.dispose()
    with sqlite3.connect(sqlite_console.url.removeprefix("sqlite:///")) as raw:
        triggers = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(
            "UPDATE audit_entries SET body = CAST(replace(body, 'U0DEV', 'U0OLU') AS BLOB) WHERE seq = 2"
        )
    raw.close()
    said = sqlite_console("audit", "verify")
    assert said.code == 1
    assert "entry 2 " in said.out


def test_a_chain_with_a_key_needs_its_key(sqlite_console: Console, golden: Golden) -> None:
    sqlite_console("audit", "export", LAMPLIGHTER_AUDIT_KEY="first key")
    assert sqlite_console("audit", "verify", LAMPLIGHTER_AUDIT_KEY="first key").code == 0
    said = sqlite_console("audit", "verify")
    assert said.code == 1
    assert page(said.err) == golden
