"""When a timetable of windows is up: its openings in order, the spells they merge into, and their edges.

Rules of one side are openings too, and no spells; what they make of it is in ``policies.schedule.turns``. All
instants are in UTC. Adjacent and overlapping openings are one spell, so its edges are real ones.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from policies.schedule.hours import cycle, whole_week
from policies.schedule.rules import Dated, Rule, Timetable, Weekly
from policies.times.wall import earliest, latest

_ONE_DAY = timedelta(days=1)
REACH = 3
"""Days: what begins this long before an instant, by the local date, has ended by then (two days at most,
and one that a zone may skip)."""
LOOK_BACK = (5, 40, 400)
"""Days after which most schedules have gone up: a weekend fits into the first number, a season into the
last."""


class Opening(NamedTuple):
    """One window, or a start or a stop, on the local day it begins on."""

    start: datetime
    end: datetime
    day: date
    rule: str


class Spell(NamedTuple):
    """A time without a break in which it is up: the opening it begins with and the one that ends last."""

    first: Opening
    last: Opening


class Transition(NamedTuple):
    """One edge. ``day`` and ``rule`` (with its zone) name it once for each action: the day is the local date
    on which the rule begins, so the end of Monday's 22:00-06:00 is Monday's, on Tuesday morning."""

    instant: datetime
    action: Literal["up", "down"]
    day: date
    rule: str


class Up(NamedTuple):
    """A spell by its edges; ``None`` where it has no beginning or no end."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, eq=False)
class Course:
    """A timetable made ready to be asked, for one set of holidays. Compared by identity."""

    table: Timetable
    zone: ZoneInfo
    weekly: tuple[tuple[tuple[Weekly, str], ...], ...]
    dated: tuple[Opening, ...]
    off: frozenset[date]
    bounds: tuple[date, date] | None
    """The first and last date that is not ordinary: a day off, or a date that a rule names."""
    whole: bool
    """Whether it is up all through an ordinary week."""
    cycle: int
    """Days in which its weekly rules have shown all they do."""

    def openings(self, first: date, last: date) -> Iterator[Opening]:
        """Openings in order: weekly ones that begin on these local dates, and every dated one."""
        return heapq.merge(self._weekly(first, last), self.dated)

    def _weekly(self, first: date, last: date) -> Iterator[Opening]:
        ordinals = range(first.toordinal(), last.toordinal() + 1) if any(self.weekly) else ()
        for ordinal in ordinals:
            yield from _of_day(self, ordinal)

    def _bridged(self, first: date, last: date) -> Iterator[Opening]:
        """As ``_weekly``, with one long opening in place of days on end that leave no minute out: what is
        always up but for some days is read day by day only about those."""
        rests = sorted(day for day in self.off if first <= day <= last) if self.whole else []
        for rest in [*rests, last + _ONE_DAY]:
            end = rest - _ONE_DAY
            if self.whole and end - first > 4 * _ONE_DAY:
                yield from self._weekly(first, first + _ONE_DAY)
                middle = first + 2 * _ONE_DAY
                yield Opening(earliest(middle, 0, self.zone), latest(end, 0, self.zone), middle, "")
                first = end - _ONE_DAY
            yield from self._weekly(first, end)
            first = rest + _ONE_DAY

    def spells(self, first: date, last: date) -> Iterator[Spell]:
        """Openings in order, without a window that the clocks skip."""
        spell: Spell | None = None
        for opening in heapq.merge(self._bridged(first, last), self.dated):
            if opening.start == opening.end:
                continue
            if spell is None or opening.start > spell.last.end:
                if spell is not None:
                    yield spell
                spell = Spell(opening, opening)
            elif opening.end > spell.last.end:
                spell = Spell(spell.first, opening)
        if spell is not None:
            yield spell

    def transitions(self, start: datetime, end: datetime) -> Iterator[Transition]:
        """Edges from ``start`` on and before ``end``, in order."""
        for spell in self.spells(*self.dates(start, end)):
            if spell.first.start >= end:
                return
            if spell.first.start >= start:
                yield Transition(spell.first.start, "up", spell.first.day, spell.first.rule)
            if start <= spell.last.end < end:
                yield Transition(spell.last.end, "down", spell.last.day, spell.last.rule)

    def dates(self, start: datetime, end: datetime) -> tuple[date, date]:
        """The local dates on which everything that concerns this span begins."""
        first, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        return first - REACH * _ONE_DAY, last + _ONE_DAY

    def around(self, start: datetime, end: datetime) -> list[Up]:
        """Spells with their true edges, in order, from the one that begins last by ``start`` (if any) through
        the first after ``end`` (if any)."""
        if self.whole and self.bounds is None:
            return [Up(None, None)]
        day = start.astimezone(self.zone).date()
        found = self._through(day - LOOK_BACK[0] * _ONE_DAY, end)
        head = self._head(day, start)
        if head is None:
            return [up for up in found if up.start is not None and up.start > start]
        tail = [up for up in found if up.start is None or up.start > start]
        same = next((up for up in reversed(found) if up.start is not None and up.start <= start), head)
        lasts = same.end is None or same.end > start
        return [Up(head.start, same.end if lasts else head.end), *tail]

    def _head(self, day: date, start: datetime) -> Up | None:
        """The spell that begins last by ``start``, with its true beginning; looks back as far as it must."""
        for back in LOOK_BACK:
            first = day - back * _ONE_DAY
            begun = [spell for spell in self.spells(first, day + _ONE_DAY) if spell.first.start <= start]
            # One that begins well inside what was read begins where it seems to.
            if begun and begun[-1].first.start > earliest(first + REACH * _ONE_DAY, 0, self.zone):
                return Up(begun[-1].first.start, begun[-1].last.end)
        first = min(day, self.bounds[0] if self.bounds else day) - self.cycle * _ONE_DAY
        begun = [spell for spell in self.spells(first, day + _ONE_DAY) if spell.first.start <= start]
        if not begun:
            return None
        ever = begun[-1].first.day <= first
        return Up(None if ever else begun[-1].first.start, begun[-1].last.end)

    def _through(self, first: date, end: datetime) -> list[Up]:
        day = end.astimezone(self.zone).date()
        last = max(day, self.bounds[1] if self.bounds else day) + self.cycle * _ONE_DAY
        found: list[Up] = []
        for spell in self.spells(first, last):
            found.append(Up(spell.first.start, None if spell.last.day >= last else spell.last.end))
            if spell.first.start >= end:
                break
        return found


@lru_cache(maxsize=8_192)
def _of_day(course: Course, ordinal: int) -> tuple[Opening, ...]:
    """Weekly openings that begin on one local date. Kept, because every look of the clock asks for the same
    dozen days of each course: 8,192 are 20 days of 400 courses."""
    day = date.fromordinal(ordinal)
    if day in course.off:
        return ()
    rules = course.weekly[day.weekday()]
    found = (Opening(*rule.between(day, course.zone), day, said) for rule, said in rules if day in rule.days)
    return tuple(sorted(found))


@lru_cache(maxsize=1_024)
def course(table: Timetable, holidays: frozenset[date]) -> Course:
    zone = ZoneInfo(table.zone)
    off = table.off.dates() | (holidays if table.off.calendars else frozenset())
    said: list[tuple[Rule, str]] = [(rule, f"{rule} {table.zone}") for rule in table.rules]
    dated = tuple(sorted(_opening(rule, text, zone) for rule, text in said if isinstance(rule, Dated)))
    edges = [*off, *(opening.start.date() for opening in dated), *(opening.end.date() for opening in dated)]
    weekly = tuple(
        tuple(
            (rule, text) for rule, text in said if isinstance(rule, Weekly) and rule.days.may_fall_on(weekday)
        )
        for weekday in range(7)
    )
    bounds = (min(edges), max(edges)) if edges else None
    return Course(table, zone, weekly, dated, off, bounds, whole_week(table), cycle(table))


def _opening(rule: Dated, said: str, zone: ZoneInfo) -> Opening:
    start, end = rule.between(zone)
    return Opening(start, end, start.astimezone(zone).date(), said)
