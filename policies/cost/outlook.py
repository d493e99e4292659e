"""Foresees what a schedule that stops nothing yet would save, computed as savings are counted afterwards: its
hours off in a week, at what an hour of tasks has cost.

What is paid while the environment is off is not included, so the saving from stopped databases is not either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policies.cost.savings import TASKS
from policies.cost.spans import Source
from policies.cost.usage import ON, UsageRow

WEEK = 7 * 24 * 3_600


@dataclass(frozen=True)
class Outlook:
    """An outlook on one week. ``seconds``: for how long the schedule has the environment off. ``rested``: for
    how long it was off lately without the schedule. ``micros``: what the schedule saves against running all
    the time. ``backfilled``: based on days that take Spot for on demand. ``prices``: which prices were used,
    in words.
    """

    seconds: int
    rested: int
    micros: int
    backfilled: bool = False
    prices: tuple[str, ...] = ()


def outlook(rows: Iterable[UsageRow], *, hours_up: float, seconds: int) -> Outlook | None:
    """Return the outlook; ``None`` if no task ran, or no task's price is known. ``rows``: of some recent
    whole days, which together have this many ``seconds``; if any task ran on the metered days, only their
    cost counts. ``hours_up``: of a week, by the schedule.
    """
    rows = tuple(rows)
    seen = [row for row in rows if row.source is Source.SEEN]
    by = seen if any(row.item == ON and row.used for row in seen) else rows
    on = _on(by)
    paid = [row for row in by if row.micros is not None and row.item.startswith(TASKS)]
    if not on or not paid or seconds <= 0:
        return None
    off = max(0, WEEK - round(hours_up * 3_600))
    return Outlook(
        off,
        max(0, WEEK - _on(rows) * WEEK // seconds),
        sum(row.micros or 0 for row in paid) * off // on,
        backfilled=any(row.source is Source.INSIGHTS for row in paid),
        prices=tuple(sorted({row.priced for row in paid if row.priced})),
    )


def _on(rows: Iterable[UsageRow]) -> int:
    return sum(row.used for row in rows if row.item == ON)
