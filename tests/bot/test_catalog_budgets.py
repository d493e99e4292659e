"""Budgets in a catalog file: amounts as people write them, and each mistake by line and field."""

from __future__ import annotations

import pytest

from bot.catalog_file import CatalogFileError, parse
from policies.cost.budgets import Budget, BudgetRow
from tests.bot.test_catalog_fields import GOOD
from tests.golden import Golden

BUDGETED = GOOD.replace(
    "grants:\n",
    "budgets:\n"
    "  - environments: staging\n"
    "    monthly: 500\n"
    "    people: [U0ADA]\n"
    '  - { environments: "pr-*", monthly: "$1,200.50", shares: [100, 80], stop: false }\n'
    "grants:\n",
)


def test_budgets_are_read() -> None:
    assert parse(GOOD).budgets == ()
    assert parse(BUDGETED).budgets == (
        BudgetRow("staging", Budget(500_000_000), ("U0ADA",)),
        BudgetRow("pr-*", Budget(1_200_500_000, (80, 100)), stop=False),
    )


@pytest.mark.parametrize(
    ("text", "micros"), [("1200.50", 1_200_500_000), ("500 USD", 500_000_000), ('"7"', 7_000_000)]
)
def test_an_amount_may_stand_without_quotes(text: str, micros: int) -> None:
    assert parse(BUDGETED.replace("monthly: 500", f"monthly: {text}")).budgets[0].budget.monthly == micros


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("monthly: 500", "monthly: lots", "line 16: budgets.0.monthly"),
        ("monthly: 500", "monthly: 0", "line 16: budgets.0.monthly"),
        ("monthly: 500", "monthly: -5", "line 16: budgets.0.monthly"),
        ("monthly: 500", "monthly: 1.5e3", "line 16: budgets.0.monthly"),
        ("monthly: 500", "monthly: true", "line 16: budgets.0.monthly"),
        ("monthly: 500", "monthly:", "line 16: budgets.0.monthly"),
        ("    monthly: 500\n", "", "line 15: budgets.0.monthly"),
        ("staging\n    monthly", "stagin\n    monthly", "line 15: budgets.0.environments"),
        ('"pr-*", monthly', "staging, monthly", "line 18: budgets.1.environments"),
        ("[100, 80]", "[0]", "line 18: budgets.1.shares"),
        ("[100, 80]", "[]", "line 18: budgets.1.shares"),
        ("[100, 80]", "[80.5]", "line 18: budgets.1.shares.0"),
        ("[U0ADA]", "[ada]", "line 17: budgets.0.people.0"),
        ("[U0ADA]", "[U0ADA, U0ADA]", "line 17: budgets.0.people"),
        ("stop: false", "stop: never", "line 18: budgets.1.stop"),
        ("monthly: 500", "monthy: 500", "line 16: budgets.0.monthy"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_budget_is_named_by_line_and_field(
    old: str, new: str, place: str, golden: Golden
) -> None:
    assert old in BUDGETED
    with pytest.raises(CatalogFileError) as refused:
        parse(BUDGETED.replace(old, new, 1))
    found = [p for p in refused.value.problems if p.startswith(f"{place}:")]
    assert found, refused.value.problems
    assert found == golden
