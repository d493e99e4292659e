"""Hours a week that the weekly rules of a timetable are up, by the wall clock."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from policies.schedule.rules import Timetable, Weekly
from policies.times.wall import DAY

_ONE_DAY = timedelta(days=1)
_MONDAY = date(2001, 1, 1)
_CALENDAR_CYCLE = 10_227
"""Days of 28 years, from a Monday: every date on every weekday equally often, so nth weekdays average out."""


@lru_cache(maxsize=1_024)
def hours_a_week(table: Timetable) -> float | None:
    """Hours up in an average week of 168, by the weekly rules alone: without days off, dated rules or clock
    changes. None for a stop-only schedule, which does not say when anything is up.
    """
    if table.stops_only:
        return None
    rules = [rule for rule in table.rules if isinstance(rule, Weekly)]
    days = _CALENDAR_CYCLE if any(rule.days.nth for rule in rules) else 7
    spans = []
    for n in range(-1, days):
        # The day before the first is the last, because the cycle closes.
        day = _MONDAY + n % days * _ONE_DAY
        spans += [(n * DAY + rule.opens, n * DAY + rule.closes) for rule in rules if day in rule.days]
    return _covered(sorted(spans), days * DAY) / 60 / (days / 7)


def whole_week(table: Timetable) -> bool:
    """Whether rules by days of the week leave no minute out."""
    weekly = [rule for rule in table.rules if isinstance(rule, Weekly) and not rule.days.nth]
    return hours_a_week(Timetable(tuple(weekly), table.zone)) == 168


def _covered(spans: list[tuple[int, int]], end: int) -> int:
    total = reached = 0
    for opens, closes in spans:
        opens, closes = max(opens, reached), min(closes, end)
        if closes > opens:
            total, reached = total + closes - opens, closes
    return total
