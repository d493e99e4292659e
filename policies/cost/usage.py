"""A day's use, as it is kept: how much one service of one environment used of one item, in one row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.cost.spans import Source

ON = "on"
"""The item of the row, one a day, that says how long any task of an environment ran; it belongs to no service
and costs nothing.
"""


@dataclass(frozen=True)
class UsageRow:
    """One row of use. ``day``: the local date in the environment's zone (in UTC for what is shared).
    ``used``: thousandths of the item's unit times seconds; for ``ON``, seconds. ``micros``: the cost at the
    price that was used; ``None`` if no price is known, which is not zero. ``priced``: which price, in words.
    """

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
    """What the use of one item on some days came to; ``service`` is empty if all services of an environment
    are summed. ``micros``: of what has a price; ``unpriced``: something has none. ``priced``: the latest
    price, in words. ``first``: the earliest day with any use; ``days``: on how many days there was any.
    """

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
