"""What a schedule that has not begun to stop anything would save, foreseen as savings are counted afterwards:
its hours off in a week, at what an hour of tasks has cost.

What is paid while it is off is no part of it, so what stopping its databases saves is not in it either.
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
    """Of a week: ``seconds`` in which the schedule has it off, ``rested`` in which it was off lately without
    it, and ``micros`` that the schedule saves against running all the time. ``backfilled``: by days that take
    Spot for on demand. ``prices``: which were gone by, in words."""

    seconds: int
    rested: int
    micros: int
    backfilled: bool = False
    prices: tuple[str, ...] = ()


def outlook(rows: Iterable[UsageRow], *, hours_up: float, seconds: int) -> Outlook | None:
    """``rows``: of some recent whole days, of so many ``seconds`` together; where any task ran on those that
    were metered, their cost alone counts. ``hours_up``: of a week, by the schedule. ``None``: no task ran, or
    no price of any is known."""
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
