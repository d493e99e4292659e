"""Hours a week that the weekly rules of a timetable are up, by the wall clock; and how long it takes a
timetable to show all it does."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from policies.schedule.rules import Timetable, Weekly
from policies.times.wall import DAY

_ONE_DAY = timedelta(days=1)
_MONDAY = date(2001, 1, 1)
_CALENDAR_CYCLE = 10_227
"""Days of 28 years, from a Monday: every date on every weekday equally often, so what depends on dates
averages out."""


@lru_cache(maxsize=1_024)
def hours_a_week(table: Timetable) -> float | None:
    """Hours up in an average week of 168, by the weekly rules alone: without days off, dated rules or clock
    changes. None for a schedule that only stops, or only starts: it does not say when anything is up.
    """
    if table.stops_only or table.starts_only:
        return None
    rules = [rule for rule in table.rules if isinstance(rule, Weekly)]
    days = 7 if all(rule.days.regular for rule in rules) else _CALENDAR_CYCLE
    windows, points = list[tuple[int, int]](), list[tuple[int, bool]]()
    for n in range(-1, days):
        # The day before the first is the last, because the cycle closes.
        day = _MONDAY + n % days * _ONE_DAY
        for rule in (rule for rule in rules if day in rule.days):
            if rule.opens == rule.closes:
                points.append((n * DAY + rule.opens, rule.starting))
            else:
                windows.append((n * DAY + rule.opens, n * DAY + rule.closes))
    spans = _merged(sorted(windows))
    if points:
        spans = _turned(spans, points, days * DAY)
    return _covered(spans, days * DAY) / 60 / (days / 7)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for opens, closes in spans:
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], closes))
        else:
            found.append((opens, closes))
    return found


def _turned(spans: list[tuple[int, int]], points: list[tuple[int, bool]], end: int) -> list[tuple[int, int]]:
    """Spans as starts and stops of one side make them longer and shorter; they begin as the cycle ends."""
    turns = [*points, *((opens, True) for opens, _ in spans), *((closes, False) for _, closes in spans)]
    turns = sorted((at, up) for at, up in turns if 0 <= at < end)
    found, begun = list[tuple[int, int]](), 0 if turns and turns[-1][1] else None
    for at, up in turns:
        if up and begun is None:
            begun = at
        elif not up and begun is not None:
            found, begun = [*found, (begun, at)], None
    return found if begun is None else [*found, (begun, end)]


def cycle(table: Timetable) -> int:
    """Days in which every weekly rule has shown all it does: without days off and dated rules, what holds
    that long holds for ever.

    Months with five Mondays are never four months apart. A 29 February may be eight years after the one
    before it, and one that is a fifth Monday forty, because 2100 has none.
    """
    days = [rule.days for rule in table.rules if isinstance(rule, Weekly)]
    if all(each.regular or not (each.months or each.dates) for each in days):
        return 200
    fifths = any(each.months == {2} and any(abs(n) == 5 for _, n in each.nth) for each in days)
    return 366 * (41 if fifths else 9)


def whole_week(table: Timetable) -> bool:
    """Whether windows by days of the week leave no minute out."""
    weekly = [rule for rule in table.rules if isinstance(rule, Weekly) and rule.days.regular]
    weekly = [rule for rule in weekly if rule.opens != rule.closes]
    return hours_a_week(Timetable(tuple(weekly), table.zone)) == 168


def _covered(spans: list[tuple[int, int]], end: int) -> int:
    total = reached = 0
    for opens, closes in spans:
        opens, closes = max(opens, reached), min(closes, end)
        if closes > opens:
            total, reached = total + closes - opens, closes
    return total
