"""A backup of either database can be restored into either."""

from __future__ import annotations

import json
import stat
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.db.backup import Unfit, backup, restore
from bot.db.database import Database, database
from bot.db.migrate import migrate, newest_version
from bot.db.tables import leases, metadata
from handlers.ports.book import Notice
from handlers.ports.budgets import BudgetWarning
from handlers.ports.digests import DigestRow, DigestState
from handlers.ports.findings import Look, Orphans
from handlers.ports.follows import Follow, Key
from handlers.ports.ledger import Ledger, Sample
from handlers.ports.live import LivePost, Thing
from handlers.ports.money import Backfilled, BillingQuery
from handlers.ports.store import CatalogChange, Opened
from handlers.words.message import Message, Offer, Status
from policies.access.grants import Grant
from policies.access.people import Role
from policies.access.terminals import Terminal
from policies.capacity.facts import Capacity, SavedCapacity
from policies.cost.billed import BilledDay
from policies.cost.budgets import Budget, BudgetRow
from policies.cost.prices import Price, PriceSource
from policies.cost.sightings import ServiceSeen, Sighting
from policies.cost.spans import Kind, Part, Span
from policies.cost.usage import UsageRow
from policies.orphans.evidence import Evidence
from policies.orphans.findings import Finding
from policies.orphans.leftovers import Sweep
from policies.orphans.owners import Owned
from tests.bot.db.tampering import scalars
from tests.contracts.values import (
    NOW,
    OFFICE,
    STAGING,
    claim,
    clocked,
    closing,
    entry,
    later,
    opening,
    override,
    yes,
)

KEY = b"audit key of a test"


def filled(url: str) -> Database:
    """A database with something in every table that is backed up."""
    db = database(url, holder="one", lease_seconds=30, audit_key=KEY)
    grant = Grant("console:root", Role.ADMIN, until=later(days=1))
    place = replace(STAGING, databases=("orders-db",), start_order=(("web",), ("edge",)))
    settings = {"colour": "blue"}
    db.catalog.write(CatalogChange((place,), (), (grant,), put_settings=settings, put_schedules=(OFFICE,)))
    db.catalog.write(CatalogChange(put_terminals=(Terminal("arn:aws:iam::1:user/olu", "console:deploy"),)))
    db.catalog.write(CatalogChange(put_budgets=(BudgetRow("pr-*", Budget(500_000_000), ("U0ADA",)),)))
    db.offers.record([Offer("Restart", "restart", "staging", "web", {"a": "b"})], generation=1, now=NOW)
    closed = db.operations.open(opening(), yes)
    running = db.operations.open(opening(target="web"), yes)
    assert isinstance(closed, Opened)
    assert isinstance(running, Opened)
    db.operations.close(closed.record, closing())
    for second in (0, 1):
        db.audit.turn_away(entry(kind="refused", at=later(seconds=second), summary="é \u0000"))
    db.audit.prune(1, entry(operation="audit prune"))
    _write_book(db)
    return db


def _write_book(db: Database) -> None:
    db.book.overrides.put(override())
    db.book.overrides.put(override(since=later(hours=1)))
    db.book.capacities.write("staging", SavedCapacity({"web": Capacity(2)}, {"db": "available"}, "op", NOW))
    db.book.claims.record([claim(environment="qa-eu"), claim(state="skipped", next_try=later(hours=1))])
    db.operations.open(clocked(claim(action="start"), conflicts=""), yes)
    db.book.budget_warnings.claim(BudgetWarning("pr-*", NOW.date(), 500_000_000, 50, "C0STAGING", NOW))
    db.book.notices.write(Notice("C0STAGING", NOW, ("staging",), offers={"+2 h staging": "offer"}))
    drift = Message(Status.DRIFTED, "it runs — “é”")
    db.book.live_posts.write(LivePost("C0STAGING", "1.1", Thing.DRIFT, "staging", NOW, drift))
    db.book.follows.begin(Follow(Key("slack:T0HOME:U0DEV", "staging", "web", ""), "Dev — “é”", NOW, NOW, NOW))
    db.book.digests.settle(DigestRow("C0STAGING", "2026-W09", DigestState.SKIPPED, NOW, reason="late — “é”"))
    _write_orphans(db.book.orphans)
    _write_ledger(db.book.ledger)


def _write_orphans(orphans: Orphans) -> None:
    evidence = Evidence("staging", NOW)
    orphans.findings.change("staging", lambda _: Finding("staging", NOW, NOW, evidence))
    orphans.findings.change("qa-eu", lambda _: Finding("qa-eu", NOW, NOW, gone=NOW))
    orphans.owners.put(Owned("staging", "T0HOME", "U0DEV", "Dev — “é”", "slack:T0HOME:U0ADA", "Ada", NOW))
    orphans.looks.put(Look("staging", NOW, evidence))
    orphans.sweeps.put(Sweep("111122223333", "eu-west-1", NOW, (("volume", "AWS refused — “é”"),)))


def _write_ledger(ledger: Ledger) -> None:
    item = "fargate.vcpu.x86"
    task = Span("task", "staging", "web", Kind.TASK, (Part(item, 250),), NOW, later(minutes=9), minimum=60)
    ledger.spans.record(Sample("staging", later(minutes=9), (task, replace(task, id="more", ended=True))))
    rows = [
        UsageRow("staging", name, NOW.date(), item, 2**40, micros) for name, micros in (("a", 9), ("b", None))
    ]
    ledger.days.put("staging", [NOW.date()], rows)
    ledger.prices.put([Price("us-east-1", item, Decimal("0.0404800"), NOW.date(), PriceSource.LIST)])
    ledger.sightings.put(Sighting("staging", NOW, (ServiceSeen("web", 2, 1, deployed=NOW),)))
    ledger.sightings.put(Sighting("qa-eu", trouble="The role may not be taken on."))
    ledger.billed.begin(BillingQuery("111111111111", NOW.date(), NOW))
    ledger.billed.put(
        "111111111111", [NOW.date()], [BilledDay("111111111111", NOW.date(), "staging", 9, True)]
    )
    ledger.backfills.record(Backfilled("staging", NOW, 28))


def everything(db: Database) -> dict[str, list[Any]]:
    with db.store.read() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select())))
            for table in metadata.sorted_tables
            if table is not leases
        }


@pytest.mark.parametrize("target", ["empty_sqlite_url", "empty_postgres_url"])
def test_a_backup_is_restored_whole(
    database_url: str, target: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    source, path = filled(database_url), tmp_path / "lamp.zip"
    counts = backup(database_url, path, now=NOW)
    assert all(counts.values())
    assert set(counts) == {t.name for t in metadata.sorted_tables} - {"leases"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    url = request.getfixturevalue(target)
    found = restore(path, url, key=KEY)
    assert (found.clean, found.anchored, found.head) == (True, True, source.audit.verify().head)
    copy = database(url, holder="two", lease_seconds=30, audit_key=KEY)
    assert everything(copy) == everything(source)
    assert copy.audit.append(entry()) == found.head[0] + 1
    assert copy.audit.verify().clean
    source.dispose()
    copy.dispose()


def test_a_backup_never_overwrites(sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "lamp.zip"
    backup(sqlite_url, path, now=NOW)
    with pytest.raises(Unfit, match="exists"):
        backup(sqlite_url, path, now=NOW)
    assert not path.with_name("lamp.zip.part").exists()


def test_nothing_is_restored_over_existing_data(database_url: str, tmp_path: Path) -> None:
    db, path = filled(database_url), tmp_path / "lamp.zip"
    backup(database_url, path, now=NOW)
    before = everything(db)
    with pytest.raises(Unfit, match="not empty"):
        restore(path, database_url, key=KEY)
    assert everything(db) == before
    db.dispose()


def changed(path: Path, name: str, change: Any) -> Path:
    """A copy of a backup with one of its files changed."""
    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for member in source.namelist():
            data = source.read(member).decode()
            target.writestr(member, change(data) if member == name else data)
    return copy


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("about.json", lambda data: data.replace(f'"{newest_version()}"', '"0000"'), "another version"),
        ("audit_entries.jsonl", lambda data: data.replace("U0DEV", "U0OLU"), "does not verify"),
        ("audit_entries.jsonl", lambda data: data.split("\n", 1)[1], "does not verify"),
        ("about.json", lambda data: json.dumps({**json.loads(data), "head": [9, "x"]}), "does not verify"),
    ],
)
def test_a_backup_that_was_tampered_with_is_refused_whole(
    database_url: str, empty_sqlite_url: str, tmp_path: Path, name: str, change: Any, why: str
) -> None:
    filled(database_url).dispose()
    path = tmp_path / "lamp.zip"
    backup(database_url, path, now=NOW)
    migrate(empty_sqlite_url)
    with pytest.raises(Unfit, match=why):
        restore(changed(path, name, change), empty_sqlite_url, key=KEY)
    assert scalars(empty_sqlite_url, "SELECT seq FROM audit_entries") == []
    assert scalars(empty_sqlite_url, "SELECT name FROM environments") == []


def test_the_chain_of_a_backup_needs_its_key(
    database_url: str, empty_sqlite_url: str, tmp_path: Path
) -> None:
    filled(database_url).dispose()
    path = tmp_path / "lamp.zip"
    backup(database_url, path, now=NOW)
    with pytest.raises(Unfit, match="does not verify"):
        restore(path, empty_sqlite_url)


def test_a_file_that_is_not_a_backup_is_refused(empty_sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "lamp.zip"
    path.write_text("nonsense")
    with pytest.raises(Unfit, match="not a backup"):
        restore(path, empty_sqlite_url)
