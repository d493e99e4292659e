"""Money: whole millionths of a US dollar, so that sums are exact, whatever they are grouped by."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

MILLION = 1_000_000
CENT = 10_000
"""Micros in a cent."""
PRECISE_BELOW = 10 * MILLION
"""Below ten dollars cents matter."""


def micros(dollars: Decimal) -> int:
    """Return dollars as whole micros, half to even. Raises ``ValueError`` for what is not a number."""
    if not dollars.is_finite():
        raise ValueError("an amount of money is a number")
    return int((dollars * MILLION).to_integral_value(ROUND_HALF_EVEN))


def told(amount: int) -> str:
    """Return dollars as people say them: cents only where they matter, and never zero for an amount that is
    not.
    """
    if 0 < abs(amount) <= CENT // 2:
        return "less than 0.01 USD"
    places = 2 if abs(amount) < PRECISE_BELOW else 0
    return f"{Decimal(amount) / MILLION:,.{places}f} USD"
