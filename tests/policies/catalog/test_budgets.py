"""Budgets in a catalog: read back, refused, compared, and in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.catalog.budgets import unmatched
from policies.catalog.difference import difference
from policies.catalog.mistakes import mistakes
from policies.catalog.values import Wanted, from_json, to_json
from policies.cost.budgets import Budget, BudgetRow
from policies.service.environment import Tier
from tests.golden import Golden
from tests.policies.catalog.test_mistakes import ADA
from tests.policies.make import environment

USD = 1_000_000
STAGING = environment("staging")
PRODUCTION = environment("production", tier=Tier.PRODUCTION)
ROW = BudgetRow("staging", Budget(500 * USD))


def budgeted(*rows: BudgetRow) -> Wanted:
    return Wanted((STAGING, PRODUCTION), (ADA,), budgets=rows)


def test_budgets_are_read_back() -> None:
    rows = (BudgetRow("pr-*", Budget(1_200_500_000, (80, 100)), ("U0ADA",), stop=False), ROW)
    assert from_json(to_json(budgeted(*reversed(rows)))).budgets == rows


def test_a_catalog_from_an_older_release_has_no_budgets() -> None:
    text = to_json(budgeted()).replace('"budgets":[],', "")
    assert from_json(text).budgets == ()


@pytest.mark.parametrize(
    "rows",
    [(replace(ROW, pattern="stagin"),), (ROW, replace(ROW, budget=Budget(USD)))],
    ids=["typo", "twice"],
)
def test_a_budget_that_covers_nothing_or_is_set_twice_is_a_mistake(
    rows: tuple[BudgetRow, ...], golden: Golden
) -> None:
    [said] = mistakes(budgeted(*rows), Wanted())
    assert said.startswith("budgets: ")
    assert said == golden


def test_a_budget_may_cover_production() -> None:
    assert mistakes(budgeted(replace(ROW, pattern="production"), replace(ROW, pattern="*")), Wanted()) == ()


def test_a_pattern_that_covers_nothing_is_reported_but_is_no_mistake(golden: Golden) -> None:
    rows = (replace(ROW, pattern="pr-*"), replace(ROW, pattern="prod*"), ROW)
    assert mistakes(budgeted(*rows), Wanted()) == ()
    (said,) = unmatched(rows, (STAGING, PRODUCTION))
    assert said == golden


@pytest.mark.parametrize(
    ("sign", "before", "after"),
    [
        ("+", None, ROW),
        ("-", ROW, None),
        ("~", ROW, replace(ROW, budget=Budget(1_200_500_000))),
        ("~", ROW, replace(ROW, budget=Budget(500 * USD, (100,)))),
        ("~", ROW, replace(ROW, people=("U0ADA",), stop=False)),
    ],
    ids=["new", "gone", "amount", "shares", "people"],
)
def test_a_changed_budget_is_one_line(
    sign: str, before: BudgetRow | None, after: BudgetRow | None, golden: Golden
) -> None:
    found = difference(budgeted(*filter(None, [before])), budgeted(*filter(None, [after])))
    (line,) = found.lines
    assert line[0] == sign
    assert line == golden
    assert found.put_budgets == ((after,) if after else ())
    assert found.remove_budgets == (() if after else ("staging",))


def test_equal_budgets_differ_in_no_line() -> None:
    assert difference(budgeted(ROW), budgeted(ROW)).lines == ()
