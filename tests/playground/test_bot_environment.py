"""The catalog that a playground's bot gets."""

from __future__ import annotations

from playground.bot_environment import with_budgets

TEXT = """
environments:
  qa-eu: {}
budgets:
  - { environments: qa-eu, monthly: 90, people: [U0OLU] }
  - { environments: "pr-*", monthly: 40 }
"""


def test_an_amount_replaces_the_shipped_budget() -> None:
    told = with_budgets(TEXT, {"qa-eu": "81.20"})
    assert '{ environments: qa-eu, monthly: "81.20 USD", people: [U0OLU] }' in told
    assert '{ environments: "pr-*", monthly: 40 }' in told


def test_a_catalog_without_that_budget_stays_as_it_is() -> None:
    assert with_budgets(TEXT, {"staging": "81.20"}) == TEXT
    assert with_budgets("environments: {}\n", {"qa-eu": "1.00"}) == "environments: {}\n"
