"""What is told of a budget: how much of it is spent, what the month comes to, and what could be stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers.tell.caveats import windows
from handlers.words.message import Message, Offer, Status, Text, blocks
from policies.catalog.schedules import is_pattern
from policies.cost.budgets import Spending
from policies.cost.money import told
from policies.times.wall import MONTHS

LASTS = timedelta(hours=24)
"""For so long a proposal to stop can be taken."""
DEAREST = 3
"""Environments of a budget that are named."""
ESTIMATE = "By list prices and without discounts; the bill may differ."


def warning(found: Spending, proposed: Sequence[str]) -> Message:
    """``proposed``: environments that could be stopped."""
    offers = tuple(
        Offer(f"Stop {name}", "stop", environment=name, style="danger", expires_in=LASTS) for name in proposed
    )
    return Message(Status.BUDGET, headline(found), blocks(Text(_notes(found))), offers, found.row.people)


def headline(found: Spending) -> str:
    """*`staging` has spent 410 USD in November: 82 % of its budget of 500 USD.*"""
    row, used = found.row, found.row.budget.used(found.spent)
    who, its = f"`{row.pattern}` has", "its"
    if is_pattern(row.pattern):
        who, its = f"The environments `{row.pattern}` have together", "their"
    budget = f"{used} % of {its} budget of {told(row.budget.monthly)}"
    return f"{who} spent {told(found.spent)} in {_month(found)}: {budget}."


def _notes(found: Spending) -> tuple[str, ...]:
    going_on = f"At this pace {_month(found)} will come to about {told(found.ahead or 0)}."
    more = "Something has run that no price is known of, so it is more than that."
    notes = (
        going_on if found.ahead is not None else "",
        _each(found),
        more if found.unpriced else "",
        windows() if found.contested else "",
        ESTIMATE,
    )
    return tuple(filter(None, notes))


def _each(found: Spending) -> str:
    if len(found.each) < 2:
        return ""
    *most, last = (f"`{name}` {told(micros)}" for name, micros in found.each[:DEAREST])
    shown = f"{', '.join(most)} and {last}"
    return f"The dearest are {shown}." if len(found.each) > DEAREST else f"Of that, {shown}."


def _month(found: Spending) -> str:
    return MONTHS[found.month.month - 1]
