"""What ended long ago is removed, unless something still refers to it, and evidence stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, update

from bot.db.database import Database, database
from bot.db.pruning.removal import FEW, MANY
from bot.db.tables import messages
from handlers.ports.book import Notice
from handlers.ports.budgets import BudgetWarning
from handlers.ports.digests import DigestRow, DigestState
from handlers.ports.findings import Look
from handlers.ports.ledger import Sample
from handlers.ports.live import LivePost, Thing
from handlers.ports.messages import Followed
from handlers.ports.money import Backfilled, BillingQuery
from handlers.ports.store import CatalogChange, Opened
from handlers.words.message import Message, Status
from policies.capacity.facts import SavedCapacity
from policies.cost.billed import BilledDay
from policies.cost.prices import Price, PriceSource
from policies.cost.sightings import Sighting
from policies.cost.spans import Kind, Span
from policies.cost.usage import UsageRow
from policies.orphans.findings import Finding
from policies.schedule.claims import ClaimKey, saying_key
from tests.bot.db.aging import DAY, EVER, KEEP, ago, ended, pruned, running, spans
from tests.contracts.values import (
    NOW,
    claim,
    clocked,
    closing,
    later,
    named,
    override,
    yes,
)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = database(database_url, holder="one", lease_seconds=30)
    yield made
    made.dispose()


# Operations


def test_an_operation_is_removed_with_its_steps_and_its_message(db: Database) -> None:
    old, young = ended(db, 401), ended(db, 399)
    assert pruned(db) == {"operations": 1, "operation_steps": 2, "messages": 1}
    assert db.records.find(old) is None
    assert db.messages.find(old) is None
    assert db.records.find(young) is not None
    assert db.messages.find(young) is not None


def test_a_running_operation_keeps_all_old_rows_of_its_environment(db: Database) -> None:
    """The operation that the running one retries, however old, is read when the running one ends."""
    first = ended(db, 500)
    second = running(db, 499, arguments={"retry_of": first})
    db.book.claims.record([claim(instant=ago(500), at=ago(500), state="skipped")])
    db.book.overrides.put(override(since=ago(501), until=ago(500)))
    elsewhere = ended(db, 500, environment="qa-eu")
    assert pruned(db)["operations"] == 1
    assert db.records.find(elsewhere) is None
    assert db.records.find(first) is not None
    record = db.operations.take(second)
    assert record is not None
    assert db.operations.close(record, closing(now=ago(450)))
    row = db.messages.find(second)
    assert row is not None
    db.messages.shown(replace(row, version_shown=row.version_wanted))
    assert pruned(db) == {
        "operations": 2,
        "operation_steps": 4,
        "messages": 2,
        "claims": 1,
        "overrides": 1,
    }


def test_an_operation_stays_until_its_message_shows_the_end(db: Database) -> None:
    old = ended(db, 500, shown=False)
    given_up = ended(db, 500, shown=False, target="web")
    db.messages.give_up(given_up, "The channel is gone.")
    assert pruned(db) == {}
    assert {row.operation_id for row in db.messages.behind(NOW, 10)} == {old, given_up}
    for row in db.messages.behind(NOW, 10):
        db.messages.shown(replace(row, version_shown=row.version_wanted))
    assert pruned(db)["operations"] == 2


def test_a_stop_stays_until_its_saved_capacity_is_restored(db: Database) -> None:
    stop = ended(db, 500, operation="stop", target="*")
    db.book.capacities.write("staging", SavedCapacity(stop_id=stop, saved_at=ago(500)))
    assert pruned(db) == {}
    db.book.capacities.forget("staging")
    assert pruned(db)["operations"] == 1


def test_an_operation_that_a_claim_names_is_removed_with_the_claim(db: Database) -> None:
    """A claim is written when it is opened, so this claim is younger than its operation's end."""
    wanted = claim(instant=ago(401), at=ago(10))
    found = db.operations.open(clocked(wanted, now=ago(401)), yes)
    assert isinstance(found, Opened)
    assert db.operations.close(found.record, closing(now=ago(401)))
    assert pruned(db) == {}
    assert pruned(db, now=later(days=391)) == {"operations": 1, "operation_steps": 2, "claims": 1}


# What the clock keeps


def test_a_settled_claim_is_removed_once_it_is_old(db: Database) -> None:
    old = {"instant": ago(401), "at": ago(401)}
    stay = [
        claim(instant=ago(399), at=ago(399), state="skipped"),
        claim(rule="postponed", **old),
        claim(rule="postponed retry 1", state="skipped", **old),
        claim(rule="told lately", instant=ago(401), at=ago(3), state="observed", day=date(2025, 1, 5)),
    ]
    go = [
        claim(rule="skipped", state="skipped", day=date(2025, 1, 6), **old),
        claim(rule="observed", state="observed", day=date(2025, 1, 7), **old),
        claim(rule="postponed", state="skipped", environment="qa-eu", **old),
    ]
    db.book.claims.record([*go, *stay])
    assert pruned(db) == {"claims": 3}
    found = [c for claims in db.book.claims.since(EVER).values() for c in claims]
    assert {c.key for c in found} == {c.key for c in stay}


def test_a_sentence_that_is_said_only_once_is_never_forgotten(db: Database) -> None:
    key = saying_key("staging", date(2020, 1, 1), "The queue is not restarted.")
    said = claim(instant=datetime(9000, 1, 1, tzinfo=NOW.tzinfo), at=ago(2_000), state="observed")
    db.book.claims.record([replace(said, key=ClaimKey(*key))])
    assert pruned(db) == {}


def test_an_override_is_removed_once_its_planned_end_is_long_past(db: Database) -> None:
    old = override(since=ago(500), until=ago(401))
    given_back = override(since=ago(500), until=ago(399), environment="qa-eu")
    young = override(since=ago(500), until=ago(399), environment="dev")
    for made in (old, given_back, young):
        db.book.overrides.put(made)
    db.book.overrides.end(given_back.id, ago(450), "Olu")
    assert pruned(db) == {"overrides": 1}
    assert {o.id for o in db.book.overrides.recent(EVER)} == {given_back.id, young.id}


def test_an_override_in_force_keeps_the_override_that_it_replaced(db: Database) -> None:
    db.book.overrides.put(override(since=ago(900), until=ago(401)))
    held = override(since=ago(600), until=later(hours=1))
    db.book.overrides.put(held)
    assert pruned(db) == {}
    assert len(db.book.overrides.recent(held.since)) == 2
    assert pruned(db, now=later(hours=2)) == {"overrides": 1}


def test_an_override_stays_as_long_as_a_claim_on_its_end(db: Database) -> None:
    made = override(since=ago(500), until=ago(401))
    db.book.overrides.put(made)
    end = claim(rule=f"override:{made.id}", instant=ago(401), at=ago(401))
    db.book.claims.record([end])
    assert pruned(db) == {}
    db.book.claims.record([replace(end, state="skipped")])
    assert pruned(db) == {"claims": 1, "overrides": 1}


def test_a_plan_is_removed_once_its_planned_end_is_long_past_whatever_became_of_it(db: Database) -> None:
    past = {"since": ago(402), "until": ago(401), "planned_at": ago(420)}
    began, missed, cancelled = override(**past), override(**past), override(**past)
    late = override(since=ago(399.5), until=ago(399), planned_at=ago(430), environment="qa-eu")
    for made in (began, missed, cancelled, late):
        db.book.overrides.put(made)
    db.book.overrides.begin(began.id, ago(402))
    db.book.overrides.wait(missed.id, "Another operation was under way.")
    db.book.overrides.end(cancelled.id, ago(410), "Olu")
    assert pruned(db) == {"overrides": 3}
    assert [o.id for o in db.book.overrides.recent(EVER)] == [late.id]


def test_a_plan_to_come_stays_and_keeps_what_it_may_take_the_place_of(db: Database) -> None:
    db.book.overrides.put(override(since=ago(900), until=ago(401)))
    planned = override(since=later(days=20), until=later(days=21), planned_at=ago(500))
    db.book.overrides.put(planned)
    assert pruned(db) == {}
    db.book.overrides.end(planned.id, ago(1), "Olu")
    assert pruned(db) == {"overrides": 1}
    assert db.book.overrides.find(planned.id) is not None


def test_a_plan_stays_as_long_as_a_claim_on_its_beginning(db: Database) -> None:
    made = override(since=ago(402), until=ago(401), planned_at=ago(420))
    db.book.overrides.put(made)
    db.book.overrides.begin(made.id, ago(402))
    begins = claim(rule=f"override:{made.id} begins", instant=ago(402), at=ago(402), action="start")
    db.book.claims.record([begins])
    assert pruned(db) == {}
    db.book.claims.record([replace(begins, state="skipped")])
    assert pruned(db) == {"claims": 1, "overrides": 1}


def test_an_operation_stays_as_long_as_its_message_is_followed(db: Database) -> None:
    """A keep may last longer, or be planned further ahead, than operations are kept. Of operations that one
    message tells of, the first has the message.
    """
    first, second = ended(db, 401), ended(db, 401, target="web")
    with db.store.step_transaction() as connection:
        connection.execute(
            update(messages).where(messages.c.operation_id == second).values(live=True, joined=first)
        )
    assert pruned(db) == {}
    db.messages.follow([Followed(second, "", again=False, over=True)])
    assert pruned(db)["operations"] == 2


def test_a_live_message_is_removed_once_it_is_over_and_old(db: Database) -> None:
    said = Message(Status.DRIFTED, "it runs")
    for ts, days, over in (("1.1", 401, True), ("1.2", 401, False), ("1.3", 399, True)):
        db.book.live_posts.write(
            LivePost("C0STAGING", ts, Thing.DRIFT, "staging", ago(days), said, over=over)
        )
    assert pruned(db) == {"live_posts": 1}
    assert [post.ts for post in db.book.live_posts.live()] == ["1.2"]


def test_a_notice_is_removed_once_it_is_closed_and_old(db: Database) -> None:
    for channel, days, closed in (("C0OLD", 401, True), ("C0OPEN", 401, False), ("C0NEW", 399, True)):
        db.book.notices.write(Notice(channel, ago(days), ("staging",), closed=closed))
    assert pruned(db) == {"notices": 1}
    assert [n.channel for n in db.book.notices.since(EVER)] == ["C0OPEN", "C0NEW"]


def test_a_digest_stays_until_no_clock_can_reach_its_week_any_more(db: Database) -> None:
    for week, days in (("2026-W01", 401), ("2026-W02", 20)):
        db.book.digests.settle(DigestRow("C0STAGING", week, DigestState.POSTED, ago(days), "1.2"))
    assert pruned(db) == {"digests": 1}
    assert pruned(db, replace(KEEP, work=timedelta(days=10))) == {}
    assert [d.week for d in db.book.digests.of_weeks(["2026-W01", "2026-W02"])] == ["2026-W02"]


def test_old_records_of_digests_and_budget_warnings_are_removed(db: Database) -> None:
    for week, days, month in (("2024-W50", 401, date(2024, 12, 1)), ("2025-W05", 399, date(2025, 2, 1))):
        db.book.digests.settle(DigestRow("C0STAGING", week, DigestState.POSTED, ago(days)))
        warning = BudgetWarning("pr-*", month, 5, 50, "C0STAGING", ago(days))
        assert db.book.budget_warnings.claim(warning)
    assert pruned(db) == {"digests": 1, "budget_warnings": 1}


# The ledger


def test_spans_are_removed_by_their_last_sighting_and_watched_times_stay_with_the_days(db: Database) -> None:
    spans(db, 900, 41, 39)
    gone_unseen = Span("unseen", "qa-eu", "web", Kind.TASK, (), ago(99), ago(41))
    db.book.ledger.spans.record(Sample("qa-eu", ago(41), (gone_unseen,), whole=False))
    assert pruned(db) == {"spans": 3, "watched": 1}
    assert [s.id for s in db.book.ledger.spans.overlapping("staging", EVER, NOW)] == ["staging 39"]
    watched = db.book.ledger.spans.watched(["staging"], EVER)
    assert [w.until for w in watched] == [ago(41), ago(39)]


def test_days_are_removed_one_by_one(db: Database) -> None:
    def row(days: int) -> UsageRow:
        return UsageRow("staging", "web", NOW.date() - days * DAY, "fargate.gb.x86", 1, 1)

    made = [row(days) for days in (802, 801, 800, 799)]
    db.book.ledger.days.put("staging", [r.day for r in made], made)
    assert pruned(db) == {"usage_days": 2, "usage_sums": 2}
    assert db.book.ledger.days.rows(["staging"], date.min, date.max) == made[2:]
    assert [r.day for r in db.book.ledger.days.sums(["staging"], date.min, date.max)] == [
        r.day for r in made[2:]
    ]


def test_billed_days_are_removed_with_the_days_and_a_history_with_its_environment(db: Database) -> None:
    old, young = NOW.date() - 801 * DAY, NOW.date() - 799 * DAY
    kept = db.book.ledger
    for day in (old, young):
        kept.billed.begin(BillingQuery("999999999999", day, NOW))
        kept.billed.put("999999999999", [day], [BilledDay("999999999999", day, "staging", 1)])
    db.catalog.write(CatalogChange((named("staging"),)))
    for name in ("staging", "gone"):
        kept.backfills.record(Backfilled(name, NOW, 1))
    assert pruned(db) == {"billed_days": 1, "billing_queries": 1, "backfills": 1}
    assert [query.day for query in kept.billed.queries(date.min)] == [young]
    assert [row.day for row in kept.billed.rows(date.min, date.max)] == [young]
    assert kept.backfills.done() == {"staging"}


def test_an_old_price_is_removed_once_a_newer_one_exists(db: Database) -> None:
    """A price is written each day for each item and region, and only the newest counts."""

    def price(days: int, item: str = "ipv4") -> Price:
        return Price("eu-west-1", item, Decimal("0.005"), (NOW - days * DAY).date(), PriceSource.LIST)

    kept = [price(90, "nat"), price(39), price(0)]
    db.book.ledger.prices.put([*kept, price(42), price(41)])
    assert pruned(db) == {"prices": 2}
    assert sorted(p.as_of for p in db.book.ledger.prices.all()) == sorted(p.as_of for p in kept)


def test_a_sighting_is_removed_with_its_environment(db: Database) -> None:
    db.catalog.write(CatalogChange((named("staging"), named("qa-eu"))))
    for name in ("staging", "qa-eu", "never"):
        db.book.ledger.sightings.put(Sighting(name, NOW if name != "never" else None))
    db.catalog.write(CatalogChange(remove_environments=("qa-eu",)))
    assert pruned(db) == {"sightings": 2}
    assert list(db.book.ledger.sightings.all()) == ["staging"]


def test_signs_of_use_stay_as_long_as_the_catalog_has_their_environment(db: Database) -> None:
    """Signs of use are removed with their environment; pruning removes what a look under way has left
    behind.
    """
    db.catalog.write(CatalogChange(put_environments=(named("staging"), named("qa-eu"))))
    for name in ("staging", "qa-eu", "never"):
        db.book.orphans.looks.put(Look(name, NOW))
    db.catalog.write(CatalogChange(remove_environments=("qa-eu",)))
    assert set(db.book.orphans.looks.all()) == {"staging", "never"}
    db.book.orphans.looks.put(Look("qa-eu", NOW))
    assert pruned(db) == {"looks": 2}
    assert list(db.book.orphans.looks.all()) == ["staging"]


@pytest.mark.parametrize(("kept", "days"), [(30, 366), (400, 400), (500, 500)])
def test_a_finding_is_removed_once_no_answer_to_it_can_hold_any_more(
    db: Database, kept: int, days: int
) -> None:
    for name, gone in (("there", None), ("young", ago(days - 1)), ("old", ago(days + 1))):
        finding = Finding(name, EVER, EVER, gone=gone)
        db.book.orphans.findings.change(name, lambda _known, new=finding: new)  # type: ignore[misc]
    assert pruned(db, replace(KEEP, work=kept * DAY)) == {"findings": 1}
    assert db.book.orphans.findings.find("old") is None
    assert db.book.orphans.findings.find("young") is not None
    assert [finding.subject for finding in db.book.orphans.findings.all()] == ["there"]


# How pruning runs


def test_each_batch_is_small_and_one_transaction(db: Database) -> None:
    for number in range(FEW + 1):
        ended(db, 500 + number)
    claims = [
        claim(rule=f"edge {n}", instant=ago(500), at=ago(500), state="skipped") for n in range(MANY + 1)
    ]
    db.book.claims.record(claims)
    assert db.pruning.prune(KEEP, NOW) == {
        "operations": FEW,
        "operation_steps": 2 * FEW,
        "messages": FEW,
        "claims": MANY,
    }
    assert db.pruning.prune(KEEP, NOW) == {
        "operations": 1,
        "operation_steps": 2,
        "messages": 1,
        "claims": 1,
    }


def test_nothing_is_written_if_nothing_is_old(db: Database) -> None:
    ended(db, 1)
    begun: list[str] = []
    event.listen(db.store.engine, "before_cursor_execute", lambda *a: begun.append(a[2]))
    assert not any(db.pruning.prune(KEEP, NOW).values())
    assert not [s for s in begun if s.startswith(("DELETE", "UPDATE", "INSERT", "BEGIN IMMEDIATE"))]


def test_two_prunings_at_once_remove_everything_once(db: Database, database_url: str) -> None:
    for number in range(3):
        ended(db, 500 + number)
    other = database(database_url, holder="two", lease_seconds=30)
    gone = Counter(db.pruning.prune(KEEP, NOW)) + Counter(other.pruning.prune(KEEP, NOW))
    assert gone == {"operations": 3, "operation_steps": 6, "messages": 3}
    other.dispose()


def test_pruning_neither_waits_for_an_entry_nor_delays_one(postgres_url: str) -> None:
    one = database(postgres_url, holder="one", lease_seconds=30)
    other = database(postgres_url, holder="two", lease_seconds=30)
    ended(one, 500)
    with one.store.gate_transaction():
        assert other.pruning.prune(KEEP, NOW)["operations"] == 1
    one.dispose()
    other.dispose()
