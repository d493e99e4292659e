"""The budgets of a catalog: their values, what is wrong with them, how they differ, and the same in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from policies.catalog.forms import nearest
from policies.catalog.schedules import is_pattern
from policies.cost.budgets import SHARES, Budget, BudgetRow
from policies.cost.money import MILLION
from policies.service.environment import Environment


@dataclass(frozen=True)
class Changes:
    """``remove``: patterns."""

    lines: tuple[str, ...]
    put: tuple[BudgetRow, ...]
    remove: tuple[str, ...]


def budget_values(row: BudgetRow) -> dict[str, Any]:
    return {
        "pattern": row.pattern,
        "monthly": row.budget.monthly,
        "shares": list(row.budget.shares),
        "people": list(row.people),
        "stop": row.stop,
    }


def budget_of(values: Mapping[str, Any]) -> BudgetRow:
    """The inverse of ``budget_values``."""
    budget = Budget(int(values["monthly"]), tuple(values["shares"]))
    return BudgetRow(values["pattern"], budget, tuple(values["people"]), bool(values["stop"]))


def misread(rows: Sequence[BudgetRow], environments: Sequence[Environment]) -> tuple[tuple[int, str], ...]:
    """Each mistake, as the position of its row and a sentence."""
    return tuple(_mistakes(rows, [e.name for e in environments]))


def _mistakes(rows: Sequence[BudgetRow], names: Sequence[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for position, row in enumerate(rows):
        if row.pattern in seen:
            yield position, f"{row.pattern!r} has a budget already"
        seen.add(row.pattern)
        if not is_pattern(row.pattern) and row.pattern not in names:
            yield position, f"there is no environment {row.pattern!r}{nearest(row.pattern, names)}"


def unmatched(rows: Iterable[BudgetRow], environments: Sequence[Environment]) -> tuple[str, ...]:
    """Patterns that cover nothing now. That is no mistake, because such environments come and go."""
    return tuple(
        f"the budget of {row.pattern!r} covers no environment now"
        for row in rows
        if is_pattern(row.pattern) and not any(row.covers(e.name) for e in environments)
    )


def changes(current: Sequence[BudgetRow], wanted: Sequence[BudgetRow]) -> Changes:
    before = {row.pattern: row for row in current}
    names = {row.pattern for row in wanted}
    put = tuple(row for row in wanted if before.get(row.pattern) != row)
    gone = tuple(row for row in current if row.pattern not in names)
    lines = (*(_changed(before.get(row.pattern), row) for row in put), *(f"- budget {said(r)}" for r in gone))
    return Changes(lines, put, tuple(row.pattern for row in gone))


def said(row: BudgetRow) -> str:
    """``500 USD a month for staging (warns at 50, 80 and 100 %)``."""
    return f"{_usd(row.budget.monthly)} a month for {row.pattern} (warns at {_percents(row.budget.shares)})"


def _changed(before: BudgetRow | None, after: BudgetRow) -> str:
    if before is None:
        return f"+ budget {said(after)}"
    parts = []
    if before.budget.monthly != after.budget.monthly:
        parts.append(f"monthly: {_usd(before.budget.monthly)} -> {_usd(after.budget.monthly)}")
    if before.budget.shares != after.budget.shares:
        parts.append(f"shares: {_percents(before.budget.shares)} -> {_percents(after.budget.shares)}")
    if before.people != after.people:
        parts.append(f"people: {_names(before.people)} -> {_names(after.people)}")
    if before.stop != after.stop:
        parts.append(f"stop: {str(before.stop).lower()} -> {str(after.stop).lower()}")
    return f"~ budget for {after.pattern} ({', '.join(parts)})"


def _usd(micros: int) -> str:
    """To the cent, unlike amounts that are only told."""
    dollars = f"{Decimal(micros) / MILLION:,.2f}"
    return f"{dollars.removesuffix('.00')} USD"


def _percents(shares: Sequence[int]) -> str:
    *most, last = (str(share) for share in shares or SHARES)
    return f"{', '.join(most)} and {last} %" if most else f"{last} %"


def _names(people: Sequence[str]) -> str:
    return ", ".join(people) or "nobody"
