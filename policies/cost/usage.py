"""A day's use, as it is kept: what one service of one environment used of one item, in one row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.cost.spans import Source

ON = "on"
"""The item of the one row a day that says how long any task of an environment ran: of no service, and no
money."""


@dataclass(frozen=True)
class UsageRow:
    """``day``: the local date in the environment's zone (UTC's for what is shared). ``used``: thousandths of
    the item's unit times seconds; of ``ON``, seconds. ``micros``: what that is at the price it was rolled up
    with; ``None``: no price is known, which is not nothing. ``priced``: which price, in words."""

    environment: str
    service: str
    day: date
    item: str
    used: int
    micros: int | None
    priced: str = ""
    source: Source = Source.SEEN


@dataclass(frozen=True)
class Total:
    """What some days' use of one item came to together; ``service`` is empty where all of an environment are
    taken together. ``micros``: of what has a price; ``unpriced``: something has none. ``priced``: the latest
    of its prices, in words. ``first``: the earliest day on which there was any, ``days``: on how many."""

    environment: str
    service: str
    item: str
    used: int
    micros: int
    unpriced: bool
    priced: str
    source: Source
    first: date
    days: int
