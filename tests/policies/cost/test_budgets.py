"""Budgets: amounts as people type them, and who is told when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cost.budgets import AmountError, Budget, Passed, amount, passed, shares
from tests.golden import Golden

USD = 1_000_000
BUDGET = Budget(500 * USD)


@pytest.mark.parametrize(
    ("text", "usd"),
    [
        ("500", 500),
        ("500 USD", 500),
        ("500usd", 500),
        ("$500", 500),
        ("$1,200.50", 1_200.5),
        ("1200.5", 1_200.5),
        ("1,000,000 US dollars", 1_000_000),
        (" 0.01 ", 0.01),
        ("1 dollar", 1),
        ("1000000000", 1_000_000_000),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, usd: float) -> None:
    assert amount(text) == round(usd * USD)


@pytest.mark.parametrize(
    "text",
    [
        "lots", "", "500 EUR", "€500", "$500 USD", "1.200,50", "12,00", "1,2000", "1.234", "5e3",
        "500 a month", "1k", "--5", "-$-5", "$", ".5", "5.", "٥٠٠", "500,", "1" * 40,
    ],
)  # fmt: skip
def test_a_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountError, match="is not an amount; write"):
        amount(text)


@pytest.mark.parametrize("text", ["lots", "0", "0.00 USD", "-5", "$-5", "-$5", "1,000,000,001"])
def test_a_refused_amount_says_why(text: str, golden: Golden) -> None:
    with pytest.raises(AmountError) as refused:
        amount(text)
    assert str(refused.value) == golden


@given(micros=st.integers(1, 10**9).map(lambda cents: cents * 10_000))
def test_a_written_amount_is_read_back(micros: int) -> None:
    dollars = f"{micros // USD:,}.{micros % USD // 10_000:02}"
    assert amount(dollars) == amount(f"${dollars}") == amount(f"{dollars} USD") == micros


@given(text=st.text(max_size=40))
def test_any_text_is_an_amount_or_refused_with_a_sentence(text: str) -> None:
    try:
        assert amount(text) > 0
    except AmountError as refused:
        assert str(refused).endswith(".")


@pytest.mark.parametrize(
    ("spent", "told", "due"),
    [
        (249, (), None),
        (250, (), Passed(50, (50,))),
        (250, (50,), None),
        (401, (), Passed(80, (50, 80))),
        (499.99, (50, 80), None),
        (500, (50, 80), Passed(100, (100,))),
        (900, (50, 80, 100), None),
        (300, (80,), None),
        (600, (80,), Passed(100, (50, 100))),
    ],
)
def test_each_share_is_told_once_and_none_below_a_told_share(
    spent: float, told: tuple[int, ...], due: Passed | None
) -> None:
    assert passed(BUDGET, round(spent * USD), told) == due


@given(steps=st.lists(st.integers(0, 200 * USD), max_size=20))
def test_no_share_is_told_twice_in_any_month_and_the_highest_is_told(steps: list[int]) -> None:
    spent, told = 0, list[int]()
    for step in steps:
        spent += step
        found = passed(BUDGET, spent, told)
        told += found.shares if found else ()
    assert len(told) == len(set(told))
    assert max(told, default=0) == max(BUDGET.reached(spent), default=0)


def test_a_percentage_is_never_rounded_up() -> None:
    assert [BUDGET.used(n) for n in (0, 500 * USD - 1, 500 * USD, 750 * USD)] == [0, 99, 100, 150]


def test_shares_are_whole_percents(golden: Golden) -> None:
    assert shares([100, 50, 100]) == (50, 100)
    for wrong in ([], [0], [50, -1], [501]):
        with pytest.raises(AmountError) as refused:
            shares(wrong)
        assert str(refused.value) == golden
