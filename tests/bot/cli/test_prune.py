"""``lamplighter prune``: what it counts, removes and leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from bot.cli.prune import NAMES
from bot.db.database import Database, database
from bot.db.pruning.ledger import of_ledger
from bot.db.pruning.working import of_work
from handlers.ports.book import Notice
from policies.cost.usage import UsageRow
from tests.bot.cli.conftest import Console
from tests.bot.db.aging import EVER, KEEP, ended, spans
from tests.bot.db.tampering import scalars
from tests.contracts.values import NOW, claim, closing, opening, override, yes
from tests.golden import Golden


@pytest.fixture
def db(console: Console) -> Iterator[Database]:
    made = database(console.url, holder="one", lease_seconds=30)
    yield made
    made.dispose()


def fill(db: Database) -> None:
    """Add much old state, some of it more than a batch; and an operation, a span and a day from now."""
    for number in range(60):
        ended(db, 500 + number)
    old = {"instant": EVER, "at": EVER, "state": "skipped"}
    db.book.claims.record([claim(rule=f"edge {n}", **old) for n in range(1_200)])
    db.book.overrides.put(override(since=EVER, until=NOW.replace(year=2020)))
    db.book.notices.write(Notice("C0STAGING", EVER, ("staging",), closed=True))
    spans(db, 1_500)
    now = datetime.now(UTC)
    rows = [UsageRow("staging", "web", day, "fargate.gb.x86", 1, 1) for day in (date(2020, 1, 1), now.date())]
    db.book.ledger.days.put("staging", [r.day for r in rows], rows)
    found = db.operations.open(opening(now=now), yes)
    db.operations.close(found.record, closing(now=now))  # type: ignore[union-attr]


def left(console: Console) -> dict[str, int]:
    tables = ("operations", "operation_steps", "messages", "claims", "notices", "spans", "usage_days")
    return {name: scalars(console.url, f"SELECT count(*) FROM {name}")[0] for name in tables}


def test_a_dry_run_says_what_would_be_removed_and_removes_nothing(
    console: Console, db: Database, golden: Golden
) -> None:
    fill(db)
    before = left(console)
    said = console("prune", "--dry-run")
    assert (said.code, said.err) == (0, "")
    assert said.out == golden(name="would be removed")
    assert left(console) == before


def test_pruning_removes_everything_old_and_no_audit_entry(
    console: Console, db: Database, golden: Golden
) -> None:
    fill(db)
    entries = scalars(console.url, "SELECT hash FROM audit_entries ORDER BY seq")
    said = console("prune")
    assert (said.code, said.err) == (0, "")
    assert said.out == golden(name="removed")
    assert left(console) == {
        "operations": 1,
        "operation_steps": 2,
        "messages": 1,
        "claims": 0,
        "notices": 0,
        "spans": 0,
        "usage_days": 1,
    }
    assert scalars(console.url, "SELECT hash FROM audit_entries ORDER BY seq") == entries
    assert console("audit", "verify").code == 0
    assert console("prune").out == console("prune", "--dry-run").out == golden(name="nothing")


def test_the_settings_say_how_long_each_kind_is_kept(console: Console, db: Database) -> None:
    days = (datetime.now(UTC) - NOW).days
    ended(db, 0)
    spans(db, 0)
    longer = {"LAMPLIGHTER_KEEP_WORK_DAYS": str(days + 40), "LAMPLIGHTER_KEEP_SPANS_DAYS": str(days + 40)}
    console("prune", **longer)
    assert (left(console)["operations"], left(console)["spans"]) == (1, 1)
    console("prune", **{**longer, "LAMPLIGHTER_KEEP_SPANS_DAYS": "37"})
    assert (left(console)["operations"], left(console)["spans"]) == (1, 0)
    console("prune", LAMPLIGHTER_KEEP_WORK_DAYS="30")
    assert left(console)["operations"] == 0


@pytest.mark.parametrize(("setting", "least"), [("WORK", 30), ("SPANS", 37), ("USAGE", 70)])
def test_a_setting_below_the_minimum_is_refused_and_names_the_minimum(
    sqlite_console: Console, setting: str, least: int
) -> None:
    name = f"LAMPLIGHTER_KEEP_{setting}_DAYS"
    said = sqlite_console("prune", **{name: str(least - 1)})
    assert said.code == 1
    assert name in said.err
    assert str(least) in said.err
    assert sqlite_console("prune", **{name: str(least)}).code == 0


def test_a_database_without_tables_is_reported(empty_sqlite_url: str) -> None:
    said = Console(empty_sqlite_url, {})("prune")
    assert said.code == 1
    assert "lamplighter migrate" in said.err


def test_every_kind_that_may_be_removed_has_a_name() -> None:
    removals = (*of_work(KEEP, NOW), *of_ledger(KEEP, NOW))
    assert set(NAMES) == {table.name for r in removals for table in (r.table, *r.parts)}
