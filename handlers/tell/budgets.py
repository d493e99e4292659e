"""Composes what is told of a budget: how much of it is spent, the forecast for the month, and what could be
stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from handlers.tell.caveats import KNOWS, NOT_IN_IT, spot, which, windows
from handlers.tell.wording import date_of, listed
from handlers.words.message import Message, Offer, Status, Text, blocks
from policies.catalog.schedules import is_pattern
from policies.cost.basis import WELL_KNOWN
from policies.cost.budgets import Spending
from policies.cost.money import told
from policies.times.instants import words
from policies.times.wall import MONTHS

LASTS = timedelta(hours=24)
"""How long a proposal to stop can be accepted."""
MINUTE = timedelta(minutes=1)
DEAREST = 3
"""The most environments of a budget that are named: its most expensive ones."""


def warning(found: Spending, proposed: Sequence[str]) -> Message:
    """The warning about a budget. ``proposed`` names the environments that could be stopped."""
    offers = tuple(
        Offer(f"Stop {name}", "stop", environment=name, style="danger", expires_in=LASTS) for name in proposed
    )
    return Message(Status.BUDGET, headline(found), blocks(Text(_notes(found))), offers, found.row.people)


def headline(found: Spending) -> str:
    """The headline: *`staging` has spent 410 USD in November: 82 % of its budget of 500 USD.*"""
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
        *rests_on(found),
        windows() if found.contested else "",
        f"Estimated from list prices{which(found.prices)}, without {NOT_IN_IT}; the bill may differ.",
        *spot(floating=found.floating),
    )
    return tuple(filter(None, notes))


def rests_on(found: Spending) -> Iterator[str]:
    """Say where the sum and the month's forecast rest on days that were not watched throughout."""
    month, recent = found.basis, found.recent if found.ahead is not None else WELL_KNOWN
    if month.since:
        yield f"Nothing is known of the days before {date_of(month.since, found.month.year)}."
    if filled := month.backfilled + recent.backfilled:
        both = (
            _days(month.backfilled, "of this month"),
            _days(recent.backfilled, "that the forecast rests on"),
        )
        are = "is" if filled == 1 else "are"
        yield f"{_listed(both)} {are} back-filled and less certain: Container Insights {KNOWS}."
    both = (_for(month.unwatched, "of this month"), _for(recent.unwatched, "of what the forecast rests on"))
    if any(both):
        yield f"Nobody watched {_listed(both)}; what began and ended then is missing."


def _listed(found: Sequence[str]) -> str:
    return listed([each for each in found if each])


def _days(count: int, of: str) -> str:
    return f"{'1 day' if count == 1 else f'{count} days'} {of}" if count else ""


def _for(span: timedelta, of: str) -> str:
    return f"for {words(span)} {of}" if span >= MINUTE else ""


def _each(found: Spending) -> str:
    if len(found.each) < 2:
        return ""
    *most, last = (f"`{name}` {told(micros)}" for name, micros in found.each[:DEAREST])
    shown = f"{', '.join(most)} and {last}"
    return f"The most expensive are {shown}." if len(found.each) > DEAREST else f"Of that, {shown}."


def _month(found: Spending) -> str:
    return MONTHS[found.month.month - 1]
