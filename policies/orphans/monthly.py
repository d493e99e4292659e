"""What something costs a month, as a whole number of millionths of a US dollar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from policies.cost.money import micros
from policies.cost.prices import HOURS_A_MONTH, Prices
from policies.cost.spans import Part
from policies.cost.usage import ON, UsageRow

DAYS = 30
"""A month, as it is said here."""


def as_lately(rows: Iterable[UsageRow], last: date, *, since: date | None = None) -> int | None:
    """What 30 days like the ones up to ``last`` (inclusive) come to, without the first of which anything is
    known, which may be a part of a day; of what an environment shares with others nothing. ``since``: what
    was before that day is over, so that only the days after it count. ``None`` where no price is known of any
    of it."""
    paid = [row for row in rows if row.item != ON and row.day <= last]
    first = min((row.day for row in paid), default=last)
    if since is not None and first <= since < last:
        first = since
        if not any(row.day > first for row in paid):
            return 0
    known = [row.micros for row in paid if row.micros is not None and row.day > first]
    return sum(known) * DAYS // (last - first).days if known else None


def all_the_while(parts: Iterable[Part], region: str, prices: Prices) -> int | None:
    """Of what is there and is paid for by the hour or the month. ``None`` where it has no parts, or one of
    them has no price: not all of it would be less than it is."""
    total, some = Decimal(0), False
    for part in parts:
        price = prices.find(region, part.item)
        if price is None:
            return None
        total, some = total + price.hourly * HOURS_A_MONTH * part.milli / 1000, True
    return micros(total) if some else None
