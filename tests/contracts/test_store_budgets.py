"""What ``handlers.ports.store`` promises of budgets, as rows of the catalog."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers.ports.store import CatalogChange
from policies.cost.budgets import Budget, BudgetRow

STAGING = BudgetRow("staging", Budget(500_000_000), ("U0ADA", "U0OLU"))
FLEET = BudgetRow("pr-*", Budget(10**15, (1, 500)), stop=False)


def put(store: Any, *rows: BudgetRow) -> tuple[BudgetRow, ...]:
    store.catalog.write(CatalogChange(put_budgets=rows))
    return store.catalog.read().budgets  # type: ignore[no-any-return]


def test_budgets_are_read_back_whole_by_pattern(store: Any) -> None:
    assert store.catalog.read().budgets == ()
    assert put(store, STAGING, FLEET) == (FLEET, STAGING)


def test_a_budget_with_the_same_pattern_replaces_the_previous_one(store: Any) -> None:
    put(store, STAGING, FLEET)
    changed = replace(STAGING, budget=Budget(1, (100,)), people=())
    assert put(store, changed) == (FLEET, changed)


def test_a_budget_is_removed_by_its_pattern(store: Any) -> None:
    put(store, STAGING, FLEET)
    store.catalog.write(CatalogChange(remove_budgets=("staging", "qa-*")))
    assert store.catalog.read().budgets == (FLEET,)
