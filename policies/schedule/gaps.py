"""Times down, or up, that are shorter than a stop and a start take: a slip of the pen that stops
everything.

They are looked for on the wall clock, in ordinary weeks and around whatever has a date: an hour that
clocks skip makes no window shorter than it was written. Each weekday is tried as a holiday where a
schedule has holidays, because the schedule does not say which days those are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from policies.schedule.course import Transition
from policies.schedule.hours import cycle
from policies.schedule.rules import Dated, Point, Rule, Timetable, Weekly
from policies.schedule.schedule import Schedule
from policies.times.wall import DAY, earliest

TAKES = timedelta(minutes=15)
"""A stop takes up to seven minutes (deregistration 300 s, ``stopTimeout`` 120 s: facts/ecs 3.1) and a start
minutes more; in all as long as the step that sets a count waits for it (``handlers.steps.capacity``)."""
_ONE_DAY, _A_MINUTE = timedelta(days=1), timedelta(minutes=1)
_MONDAY = date(2101, 3, 7)
"""Of ordinary weeks: later than any date that can be written (``policies.schedule.dates.YEARS``)."""
_WEEK = 7


@dataclass(frozen=True)
class _Short:
    """One state that is too short: it begins and ends with these."""

    begins: Transition
    ends: Transition

    @property
    def minutes(self) -> int:
        return (self.ends.instant - self.begins.instant) // _A_MINUTE


@lru_cache(maxsize=1_024)
def too_short(schedule: Schedule) -> str:
    """A sentence on the first gap that is too short, with what was probably meant; empty if there is none."""
    flat = Schedule(_flat(schedule.table))
    found = next(_short(flat), None)
    if found is None:
        return ""
    often = _often([each for each in _within(flat, _MONDAY, _WEEK + 1) if _same(each, found)])
    lasts = f"{found.minutes} minute{'s' if found.minutes != 1 else ''}"
    at = f"{found.begins.instant:%H:%M}"
    if found.begins.action == "down":
        takes = f"a stop and a start take up to {TAKES // _A_MINUTE} minutes"
        return f"It would be down for {lasts} at {at}{often}, and {takes}; {_meant(flat.table, found)}"
    return f"It would be up for {lasts} at {at}{often}, and a start may take longer; keep it up for longer."


def _short(flat: Schedule) -> Iterator[_Short]:
    rules = [rule for rule in flat.table.rules if isinstance(rule, Weekly)]
    ordinary = all(rule.days.regular for rule in rules) and not flat.calendars
    yield from _within(flat, _MONDAY, 2 * _WEEK + 1 if ordinary else cycle(flat.table))
    for first, last in flat.table.off.spans:
        yield from _within(flat, first, (last - first).days + 1)
    for rule in flat.table.rules:
        if isinstance(rule, Dated):
            yield from _within(flat, rule.opens.day, 1)
            yield from _within(flat, rule.closes.day, 1)


def _within(flat: Schedule, first: date, days: int) -> Iterator[_Short]:
    """Around so many days; a state that is cut off at an end is not known to be short."""
    start = datetime.combine(first, time(), tzinfo=UTC) - 2 * _ONE_DAY
    holidays = _try_holidays()
    edges = flat.edges(start, start + (days + 4) * _ONE_DAY, holidays=holidays)
    changes = _changes(edges, flat.at(start, holidays=holidays).state)
    for begins, ends in pairwise(changes):
        if ends.instant - begins.instant < TAKES:
            yield _Short(begins, ends)


def _changes(edges: Iterator[Transition], state: str) -> Iterator[Transition]:
    """Without those that change nothing, such as a start within a window."""
    for edge in edges:
        if edge.action != state:
            yield edge
        state = edge.action


@lru_cache(maxsize=1)
def _try_holidays() -> frozenset[date]:
    """One on each weekday, in weeks of their own, after the first two."""
    return frozenset(_MONDAY + (2 * _WEEK * (n + 1) + n) * _ONE_DAY for n in range(_WEEK))


def _flat(table: Timetable) -> Timetable:
    """The same on a clock that never changes; points with an offset are where its own zone shows them."""
    zone = ZoneInfo(table.zone)

    def wall(point: Point) -> Point:
        if not point.utc:
            return point
        local = earliest(point.day, point.minute, UTC).astimezone(zone)
        return Point(local.date(), 60 * local.hour + local.minute)

    rules: list[Rule] = [
        replace(rule, opens=wall(rule.opens), closes=wall(rule.closes)) if isinstance(rule, Dated) else rule
        for rule in table.rules
    ]
    return replace(table, rules=tuple(rules), zone="UTC")


def _same(one: _Short, other: _Short) -> bool:
    """At the same time of day, whatever the day."""
    return one.begins.instant.time() == other.begins.instant.time() and one.minutes == other.minutes


def _often(found: list[_Short]) -> str:
    days = len({each.begins.instant.date().weekday() for each in found})
    return " each day" if days == _WEEK else f" on {days} days a week" if days > 1 else ""


def _meant(table: Timetable, found: _Short) -> str:
    """The rule that ends too early made longer, else the one that begins too late, where that closes the gap;
    a rule of one side says nothing of what was meant."""
    for rule, longer in _longer(table, found):
        other = replace(table, rules=tuple(longer if each is rule else each for each in table.rules))
        if longer != rule and not any(_same(each, found) for each in _short(Schedule(other))):
            return f'did you mean "{longer}" for "{rule}"?'
    return "leave no gap, or a longer one."


def _longer(table: Timetable, found: _Short) -> Iterator[tuple[Weekly, Weekly]]:
    """Each of the two rules beside the gap, with what the schedule would be without it."""
    for edge, opens, closes in ((found.begins, 0, found.minutes), (found.ends, -found.minutes, 0)):
        said = edge.rule.removesuffix(f" {table.zone}")
        rule = next((rule for rule in table.rules if str(rule) == said), None)
        if not isinstance(rule, Weekly) or rule.opens == rule.closes or rule.opens + opens < 0:
            continue
        longer = replace(rule, opens=rule.opens + opens, closes=rule.closes + closes)
        whole = longer.closes - longer.opens >= DAY
        yield rule, replace(rule, opens=0, closes=DAY) if whole else longer
