"""What ``handlers.ports.budgets`` promises: however many holders there are, one of them announces each share
of a budget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from handlers.ports.budgets import BudgetWarning
from tests.contracts.values import NOW, later

NOVEMBER = date(2026, 11, 1)
HALF = BudgetWarning("pr-*", NOVEMBER, 10**15, 50, "C0STAGING", NOW)


def test_a_share_is_claimed_once_whoever_asks(process: Callable[[str], Any]) -> None:
    one, two = process("one").book.budget_warnings, process("two").book.budget_warnings
    assert one.claim(HALF)
    assert not two.claim(replace(HALF, at=later(hours=1), ts="1.2"))
    assert two.of(NOVEMBER) == [HALF]


def test_another_month_amount_share_or_channel_is_another_warning(store: Any) -> None:
    told = store.book.budget_warnings
    others = [
        replace(HALF, channel="C0OTHER"),
        replace(HALF, share=80),
        replace(HALF, monthly=1),
        replace(HALF, pattern="staging"),
        replace(HALF, month=date(2026, 12, 1)),
    ]
    assert [told.claim(each) for each in (HALF, *others)] == [True] * 6
    assert told.of(date(2026, 12, 1)) == [others[-1]]
    assert told.of(NOVEMBER) == [others[2], others[0], HALF, others[1], others[3]]


def test_a_posted_warning_replaces_the_claimed_one(store: Any) -> None:
    told = store.book.budget_warnings
    told.claim(HALF)
    posted = replace(HALF, at=later(hours=1), ts="1.2")
    told.write([posted, replace(posted, share=80)])
    assert told.of(NOVEMBER) == [posted, replace(posted, share=80)]
    told.write([])
