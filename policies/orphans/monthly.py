"""What something costs a month, as a whole number of millionths of a US dollar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policies.cost.money import micros
from policies.cost.prices import HOURS_A_MONTH, Prices, ends
from policies.cost.spans import Part
from policies.cost.usage import ON, UsageRow

DAYS = 30
"""The number of days in a month here."""


@dataclass(frozen=True)
class Monthly:
    """What something costs a month. ``micros``: ``None`` if no part has a known price. ``prices``: the prices
    behind it in words, the first and the last from each source.
    """

    micros: int | None = None
    prices: tuple[str, ...] = ()


def as_lately(rows: Iterable[UsageRow], last: date, *, since: date | None = None) -> Monthly:
    """Return the cost of 30 days like the ones up to ``last`` (inclusive).

    The first known day is left out, because it may be a part of a day. What an environment shares with others
    is not counted. ``since``: everything up to that day is over, so only the days after it count.
    """
    paid = [row for row in rows if row.item != ON and row.day <= last]
    first = min((row.day for row in paid), default=last)
    if since is not None and first <= since < last:
        first = since
        if not any(row.day > first for row in paid):
            return Monthly(0)
    known = [row for row in paid if row.micros is not None and row.day > first]
    if not known:
        return Monthly()
    sum_ = sum(row.micros or 0 for row in known)
    return Monthly(sum_ * DAYS // (last - first).days, ends(row.priced for row in known))


def all_the_while(parts: Iterable[Part], region: str, prices: Prices) -> Monthly:
    """Return the monthly cost of parts that are paid for by the hour or the month.

    The cost is unknown if there are no parts or one of them has no price, because a partial sum would be too
    low.
    """
    parts = tuple(parts)
    found = [price for part in parts if (price := prices.find(region, part.item)) is not None]
    if not parts or len(found) < len(parts):
        return Monthly()
    amounts = (p.hourly * HOURS_A_MONTH * part.milli / 1000 for p, part in zip(found, parts, strict=True))
    return Monthly(micros(sum(amounts, Decimal(0))), ends(price.told for price in found))
