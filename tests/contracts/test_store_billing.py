"""What ``handlers.ports.money`` promises of its stores: the bill as it was read, and who may ask for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from handlers.ports.money import Activation, Asked, Backfilled, BillingQuery, TagState
from policies.cost.billed import ELSEWHERE, UNTAGGED, BilledDay
from tests.contracts.conftest import Process
from tests.contracts.values import NOW

PAYER, OTHER = "999999999999", "888888888888"
DAY = date(2026, 11, 30)
QUERY = BillingQuery(PAYER, DAY, NOW)


def billed(owner: str, micros: int, day: date = DAY, account: str = PAYER) -> BilledDay:
    return BilledDay(account, day, owner, micros)


def test_a_day_is_claimed_once_whoever_asks(process: Process) -> None:
    one, two = process("one").book.ledger.billed, process("two").book.ledger.billed
    assert one.begin(QUERY)
    assert not two.begin(replace(QUERY, at=NOW + timedelta(hours=1)))
    assert not one.begin(QUERY)
    assert two.begin(replace(QUERY, account=OTHER))
    assert two.begin(replace(QUERY, day=DAY + timedelta(days=1)))
    assert [query.at for query in one.queries(DAY)] == [NOW] * 3


def test_exactly_one_of_many_claims_at_once_may_ask(process: Process) -> None:
    stores = [process(f"p{n}").book.ledger.billed for n in range(2)]
    queries = [replace(QUERY, at=NOW + timedelta(seconds=n)) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: stores[n % 2].begin(queries[n]), range(8)))
    assert sum(won) == 1


def test_a_question_is_kept_as_it_stands(store: Any) -> None:
    kept = store.book.ledger.billed
    kept.begin(QUERY)
    tags = (TagState("team", Activation.INACTIVE), TagState("größe", Activation.ABSENT))
    ended = replace(QUERY, state=Asked.REFUSED, pages=3, tags=tags, trouble="AWS said no.")
    kept.update(ended)
    kept.begin(replace(QUERY, day=DAY - timedelta(days=40)))
    assert list(kept.queries(DAY - timedelta(days=30))) == [ended]
    assert [query.day for query in kept.queries(DAY - timedelta(days=40))] == [DAY - timedelta(days=40), DAY]


def test_a_bill_that_is_read_again_replaces_the_previous_one(store: Any) -> None:
    kept = store.book.ledger.billed
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
    kept.put(PAYER, [before, DAY], [billed("staging", 1, before), billed("staging", 2), billed(UNTAGGED, 3)])
    kept.put(OTHER, [DAY], [billed("staging", 9, account=OTHER)])
    again = replace(billed("dev", 2**40), estimated=True)
    kept.put(PAYER, [DAY, after], [again, billed(ELSEWHERE, -5, after)])
    assert list(kept.rows(before, after)) == [
        billed("staging", 9, account=OTHER),
        billed("staging", 1, before),
        again,
        billed(ELSEWHERE, -5, after),
    ]
    assert list(kept.rows(DAY, DAY)) == [billed("staging", 9, account=OTHER), again]


def test_amounts_of_one_owner_under_two_tags_are_kept_apart(store: Any) -> None:
    kept = store.book.ledger.billed
    rows = [replace(billed("staging", n, DAY), tag=tag) for n, tag in enumerate(["", "aws:x", "team", "Ä"])]
    kept.put(PAYER, [DAY], rows)
    assert list(kept.rows(DAY, DAY)) == rows
    kept.put(PAYER, [DAY], rows[1:2])
    assert list(kept.rows(DAY, DAY)) == rows[1:2]


def test_a_history_that_was_asked_for_is_remembered(store: Any) -> None:
    kept = store.book.ledger.backfills
    assert kept.done() == frozenset()
    kept.record(Backfilled("staging", NOW, 28))
    kept.record(Backfilled("staging", NOW, 29))
    kept.record(Backfilled("dev", NOW, 0))
    assert kept.done() == {"staging", "dev"}
