"""Money as whole micros, and as people say it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policies.cost.money import micros, told


@pytest.mark.parametrize(
    ("dollars", "amount"),
    [("1", 1_000_000), ("0.0000015", 2), ("0.0000025", 2), ("-0.5", -500_000), ("0.04048", 40_480)],
)
def test_dollars_are_whole_micros_half_to_even(dollars: str, amount: int) -> None:
    assert micros(Decimal(dollars)) == amount


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_a_value_that_is_no_number_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        micros(Decimal(text))


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "0.00 USD"),
        (1, "less than 0.01 USD"),
        (4_999, "less than 0.01 USD"),
        (5_000, "less than 0.01 USD"),
        (5_001, "0.01 USD"),
        (44_000, "0.04 USD"),
        (9_500_000, "9.50 USD"),
        (97_400_000, "97 USD"),
        (12_345_600_000, "12,346 USD"),
        (-97_400_000, "-97 USD"),
    ],
)
def test_cents_are_shown_if_they_matter(amount: int, said: str) -> None:
    assert told(amount) == said
