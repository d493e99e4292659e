"""Composes the caveats of the weekly digest: which prices apply, what is missing, and what is compared with
what.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handlers.tell import weekly_money
from handlers.tell.caveats import KNOWS, NOT_IN_IT, which, windows
from handlers.tell.wording import few
from policies.cost.budgets import Spending
from policies.cost.digest import Line
from policies.digest.leftovers import Leftovers
from policies.digest.money import Budgets, Saved
from policies.digest.sections import Costs, Digest, Unread

BROKEN = "This bot has made a mistake there, which its log describes."
"""The reason of a section that a defect of the bot left unread."""


def footnotes(digest: Digest) -> Iterator[str]:
    costs = digest.costs if isinstance(digest.costs, Costs) else None
    if isinstance(digest.costs, Unread):
        yield f"What it cost is not known: {digest.costs.why}"
    if costs or _prices(digest):
        yield f"Estimated from list prices{which(_prices(digest))}, without {NOT_IN_IT}."
    if costs:
        yield from _of_costs(costs)
    yield from _of_budgets(_budgets(digest))
    yield from weekly_money.method(digest.saved)


def _budgets(digest: Digest) -> tuple[Spending, ...]:
    return digest.budgets.nearest if isinstance(digest.budgets, Budgets) else ()


def _prices(digest: Digest) -> set[str]:
    """The prices by which any amount in the digest was counted."""
    found = set(digest.costs.prices) if isinstance(digest.costs, Costs) else set()
    found |= {price for each in _budgets(digest) for price in each.prices}
    found |= set(digest.saved.prices) if isinstance(digest.saved, Saved) else set()
    if isinstance(digest.leftovers, Leftovers):
        found |= {price for each in digest.leftovers.found for price in each.prices}
    return found


def _of_costs(costs: Costs) -> Iterator[str]:
    lines = costs.lines
    if any(not line.weeks[-1].whole for line in lines):
        yield "Some of what ran has no known price and is not in the total."
    if gaps := [line.name for line in lines if line.gap]:
        yield f"Not watched all week, so the figure is too low or missing: {_named(gaps)}."
    yield from _less_certain(lines)
    if disputed := [line.name for line in lines if line.contested]:
        yield windows(f"in {_named(disputed)}")
    if costs.outside:
        yield "What is shared with environments that are not told of here is not in it."


def _of_budgets(budgets: Sequence[Spending]) -> Iterator[str]:
    """Say what the budgets and their forecast for the month rest on."""
    if filled := [b.row.pattern for b in budgets if b.basis.backfilled or b.recent.backfilled]:
        yield f"Budgets that rest in part on back-filled days, which are less certain: {_named(filled)}."
    away = [b.row.pattern for b in budgets if b.basis.unwatched or b.basis.since or b.recent.unwatched]
    if away:
        yield f"Budgets of which some days are not known, or only in part: {_named(away)}."


def _less_certain(lines: Sequence[Line]) -> Iterator[str]:
    """Say what the figures and the changes rest on, if not on a meter that looked throughout."""
    if filled := [line.name for line in lines if line.backfilled]:
        yield f"In part from Container Insights, which {KNOWS}: {_named(filled)}."
    elif filled := [line.name for line in lines if line.history]:
        yield f"The weeks before are in part from Container Insights, which {KNOWS}: {_named(filled)}."
    unlike = [line for line in lines if not line.alike and not line.wholly_compared]
    if by_tasks := [line.name for line in unlike if line.change is not None]:
        yield f"Tasks alone are compared, because one of the two weeks is back-filled: {_named(by_tasks)}."
    if spot := [line.name for line in unlike if line.change is None]:
        why = "because back-filled weeks take Spot for on demand"
        yield f"Not compared, {why}: {_named(spot)}."
    inexact = (line for line in lines if line.gap_before and not line.gap and line.change is not None)
    if before := [line.name for line in inexact]:
        yield f"Not watched all through the week before, so the change is not exact: {_named(before)}."


def _named(names: Sequence[str]) -> str:
    return few([f"`{name}`" for name in names])
