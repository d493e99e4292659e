"""Whatever the history, nothing is removed that anything under way needs, and no evidence."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from bot.db.database import Database, database
from bot.db.pruning.removal import Keep
from handlers.ports.book import Notice
from handlers.ports.store import AuditQuery, CatalogChange, Opened
from policies.capacity.facts import SavedCapacity
from policies.cost.sightings import Sighting
from policies.cost.usage import UsageRow
from policies.record.lifecycle import State
from policies.schedule.transitions import AT_THE_LATEST
from tests.bot.db.aging import DAY, EVER, KEEP, ago, ended, pruned, rows, running, spans
from tests.contracts.values import NOW, claim, clocked, closing, later, named, override, yes
from tests.soaking import SOAK, often


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = database(database_url, holder="one", lease_seconds=30)
    yield made
    made.dispose()


EVIDENCE = ("audit_entries", "audit_checkpoints", "audit_head", "turned_away")
SETTINGS = ("environments", "grants", "settings", "schedules", "prices", "offers", "deliveries")
LEAST = Keep(spans=37 * DAY, days=70 * DAY, work=timedelta(0))
"""Less than any setting allows. The look-back of the clock is kept all the same."""

NAMED = {LEAST: "the least", KEEP: "as it comes"}
EACH = [*product([1, 2], NAMED)] if SOAK else [(1, LEAST), (2, KEEP)]
ROUNDS = often(40, 80)
"""With half of the rounds there is still something of everything that is needed, as the test asserts."""


def history(db: Database, seed: int) -> None:
    """Add two years of everything in six environments, at random, some of it unfinished."""
    rng = random.Random(seed)
    db.catalog.write(CatalogChange(tuple(named(f"env-{n}") for n in range(5))))
    for _ in range(ROUNDS):
        days, name = rng.choice([rng.uniform(0, 30), rng.uniform(0, 730)]), f"env-{rng.randrange(6)}"
        _operations(db, rng, days, name)
        _of_the_clock(db, rng, days, name)
        spans(db, days, environment=name)
        used = UsageRow(name, "web", ago(days).date(), "fargate.gb.x86", 1, 1)
        db.book.ledger.days.put(name, [used.day], [used])
        db.book.ledger.sightings.put(Sighting(name, NOW))


def _operations(db: Database, rng: random.Random, days: float, name: str) -> None:
    if rng.random() < 0.02:
        running(db, days, environment=name, conflicts="")
    done = ended(db, days, environment=name, conflicts="", shown=rng.random() < 0.9)
    if rng.random() < 0.1:
        db.book.capacities.write(name, SavedCapacity(stop_id=done, saved_at=ago(days)))
    edge = claim(environment=name, instant=ago(days), at=ago(days), day=ago(days).date())
    found = db.operations.open(clocked(edge, now=ago(days), environment=name, conflicts=""), yes)
    if isinstance(found, Opened):
        state = rng.choice([State.SUCCEEDED, State.FAILED])
        db.operations.close(found.record, closing(state, now=ago(days)))


def _of_the_clock(db: Database, rng: random.Random, days: float, name: str) -> None:
    made = override(environment=name, since=ago(days), until=ago(days) + rng.choice([1, 5, 300]) * DAY)
    db.book.overrides.put(made)
    state: Any = rng.choice(["postponed", "skipped", "observed"])
    base = claim(environment=name, instant=ago(days), at=ago(days), day=ago(days).date(), state=state)
    ends = replace(base, key=base.key._replace(rule=f"override:{made.id}"))
    again = replace(base, key=base.key.again(), state=rng.choice(["postponed", "skipped"]))
    start = replace(base, key=base.key._replace(action="start"))
    db.book.claims.record([ends, again, start])
    notice = Notice(f"C0{name}", ago(days), (name,), closed=rng.random() < 0.8)
    db.book.notices.write(notice)


def needed(db: Database) -> dict[str, Any]:
    """All that the gate, the advance loop, the clock and Slack's messages read, as they read it."""
    names = [f"env-{n}" for n in range(6)]
    back = NOW - AT_THE_LATEST
    claims = sorted((c for found in db.book.claims.since(EVER).values() for c in found), key=lambda c: c.key)
    open_ones = [c for c in claims if c.state == "postponed"]
    recent = [c for c in claims if c.instant >= back or c in open_ones]
    behind = db.messages.behind(later(days=1), 10_000)
    live = db.records.running(names)
    held = db.book.overrides.current(NOW)
    busy = [c for c in claims if c.key.environment in {r.environment for r in live}]
    saved = [s for n in names if (s := db.book.capacities.find(n)) is not None]
    referring = {c.operation_id for c in [*recent, *busy]} | {s.stop_id for s in saved}
    referring |= {m.operation_id for m in behind}
    return {
        "running": live,
        "due": db.operations.due(later(days=1)),
        "behind": behind,
        "claims": recent,
        "retried": [c for c in claims if any(_same_edge(c, o) for o in open_ones)],
        "overrides": [held, db.book.overrides.recent(back)],
        "replaced": {o.id: _in(db, o.environment, o.since) for o in held},
        "ends": _ends(db, open_ones),
        "notices": [n for n in db.book.notices.since(EVER) if n.stop_at >= back or not n.closed],
        "saved": saved,
        "operations": {i: db.records.find(i) for i in sorted(referring)},
        "busy": busy,
        "spans": [db.book.ledger.spans.overlapping(n, ago(35), NOW) for n in names],
        "days": db.book.ledger.days.rows(names, (NOW - 70 * DAY).date(), NOW.date()),
        "watched": db.book.ledger.spans.watched(names, NOW - 70 * DAY),
    }


def _same_edge(one: Any, other: Any) -> bool:
    return (one.key.environment, one.key.day, one.key.action) == (
        other.key.environment,
        other.key.day,
        other.key.action,
    )


def _in(db: Database, environment: str, since: datetime) -> list[Any]:
    return [o for o in db.book.overrides.recent(since) if o.environment == environment]


def _ends(db: Database, open_ones: list[Any]) -> list[Any]:
    """Overrides whose end still requires something."""
    ids = {c.key.rule.removeprefix("override:") for c in open_ones if c.key.ends_override}
    return [o for o in db.book.overrides.recent(EVER) if o.id in ids]


@pytest.mark.parametrize(("seed", "keep"), EACH, ids=lambda value: NAMED.get(value, str(value)))
def test_nothing_that_anything_under_way_needs_is_removed_and_no_evidence(
    db: Database, seed: int, keep: Keep
) -> None:
    history(db, seed)
    before, evidence = needed(db), rows(db, *EVIDENCE, *SETTINGS)
    assert all(before.values()), before
    head = db.audit.verify()
    gone = pruned(db, keep)
    assert set(gone) >= {"operations", "operation_steps", "messages", "claims", "notices", "spans"}
    assert needed(db) == before
    assert rows(db, *EVIDENCE, *SETTINGS) == evidence
    assert db.audit.verify() == head
    assert head.clean
    assert len(db.audit.entries(AuditQuery(limit=10_000))) == head.count
