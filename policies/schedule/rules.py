"""What a schedule says, as values that print as the notation they were written in."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import NamedTuple

from policies.times.wall import DAY, MONTHS, WEEKDAYS, clock, earliest, latest

_ONE_DAY = timedelta(days=1)
SATURDAY = 5
SHORT = tuple(name[:3] for name in MONTHS)


class MonthDay(NamedTuple):
    """A day of the month: ``1``, ``15``, or -1 for the last (``L``). ``working``: the weekday nearest to it
    in that month (``15W``, ``LW``), as cron has it. A month that has no such day is passed over."""

    number: int
    working: bool = False

    def of(self, year: int, month: int) -> int:
        """Which day of that month it is; 0 if the month has none."""
        last = calendar.monthrange(year, month)[1]
        day = last if self.number == -1 else self.number
        if day > last or not self.working:
            return day if day <= last else 0
        weekday = date(year, month, day).weekday()
        if weekday == SATURDAY:
            return day - 1 if day > 1 else day + 2
        if weekday == SATURDAY + 1:
            return day + 1 if day < last else day - 2
        return day

    def __str__(self) -> str:
        return f"{'L' if self.number == -1 else self.number}{'W' if self.working else ''}"


@dataclass(frozen=True)
class Days:
    """Days of the week, and nth ones of a month: ``(0, 1)`` its first Monday, ``(4, -1)`` its last Friday; or
    days of the month. ``months``: January is 1; in these alone, or in every one if there are none."""

    week: frozenset[int] = frozenset()
    nth: frozenset[tuple[int, int]] = frozenset()
    dates: frozenset[MonthDay] = frozenset()
    months: frozenset[int] = frozenset()

    def __contains__(self, day: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        weekday = day.weekday()
        if weekday in self.week:
            return True
        if any(each.of(day.year, day.month) == day.day for each in self.dates):
            return True
        if not self.nth:
            return False
        left = calendar.monthrange(day.year, day.month)[1] - day.day
        return (weekday, (day.day - 1) // 7 + 1) in self.nth or (weekday, -(left // 7 + 1)) in self.nth

    def __or__(self, other: Days) -> Days:
        """Both lists, without an nth weekday that is in every week anyway, so that equal days are one
        value."""
        week = self.week | other.week
        nth = frozenset(each for each in self.nth | other.nth if each[0] not in week)
        return Days(week, nth, self.dates | other.dates, self.months | other.months)

    @property
    def all(self) -> bool:
        return len(self.week) == len(WEEKDAYS) and not self.months

    @property
    def regular(self) -> bool:
        """The part that is the same in every week."""
        return not (self.nth or self.dates or self.months)

    def may_fall_on(self, weekday: int) -> bool:
        return bool(self.dates) or weekday in self.week or any(weekday == each for each, _ in self.nth)

    def __str__(self) -> str:
        nth = sorted(self.nth, key=lambda each: (each[1] < 0, abs(each[1]), each[0]))
        days = [*_runs(self.week, WEEKDAYS), *(f"{WEEKDAYS[day]}#{n}" for day, n in nth), *_dates(self.dates)]
        months = ",".join(_runs(frozenset(n - 1 for n in self.months), SHORT))
        if months and len(self.week) == len(WEEKDAYS):
            return months
        return " ".join(filter(None, [",".join(days), months]))


@dataclass(frozen=True)
class Weekly:
    """Minutes of the local day it begins on; ``closes`` is past 24:00 when it crosses midnight.

    A rule that opens and closes at one time has one side: it is a stop or, where ``starting``, a start.
    """

    days: Days
    opens: int
    closes: int
    starting: bool = False

    @property
    def stops(self) -> bool:
        return self.opens == self.closes and not self.starting

    @property
    def starts(self) -> bool:
        return self.opens == self.closes and self.starting

    def between(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        """Its instants, in UTC, on the day it begins on; equal when the clocks skip all of it. A start begins
        something and a stop ends it."""
        end = (earliest if self.starts else latest)(day, self.closes, zone)
        return (end if self.opens == self.closes else earliest(day, self.opens, zone)), end

    @property
    def hours(self) -> str:
        if self.opens == self.closes:
            return f"{'start' if self.starting else 'stop'} {clock(self.opens)}"
        return f"{clock(self.opens)}-{clock(self.closes)}"

    def __str__(self) -> str:
        return self.hours if self.days.all else f"{self.days} {self.hours}"


@dataclass(frozen=True)
class Point:
    """A minute of one day, on the clocks of the schedule's zone or, where an offset was written, in UTC."""

    day: date
    minute: int
    utc: bool = False

    def zone(self, local: tzinfo) -> tzinfo:
        return UTC if self.utc else local

    def __str__(self) -> str:
        return f"{self.day.isoformat()}T{clock(self.minute)}{'Z' if self.utc else ''}"


@dataclass(frozen=True)
class Dated:
    """Once: from one point to another or, if they are the same, a stop (a start, where ``starting``). Days
    off do not concern it."""

    opens: Point
    closes: Point
    starting: bool = False

    @property
    def stops(self) -> bool:
        return self.opens == self.closes and not self.starting

    @property
    def starts(self) -> bool:
        return self.opens == self.closes and self.starting

    def between(self, local: tzinfo) -> tuple[datetime, datetime]:
        """Its instants, in UTC, in a schedule of that zone."""
        opens, closes = self.opens, self.closes
        end = (earliest if self.starts else latest)(closes.day, closes.minute, closes.zone(local))
        return (end if opens == closes else earliest(opens.day, opens.minute, opens.zone(local))), end

    def __str__(self) -> str:
        if self.opens == self.closes:
            return f"{'start' if self.starting else 'stop'} {self.opens}"
        return f"{self.opens}/{self.closes}"


Rule = Weekly | Dated


@dataclass(frozen=True)
class DaysOff:
    """Days on which no weekly rule begins: named calendars of holidays, and spans of dates, both ends off."""

    calendars: tuple[str, ...] = ()
    spans: tuple[tuple[date, date], ...] = ()

    def dates(self) -> frozenset[date]:
        """The days off that it names itself, without its calendars."""
        return frozenset(
            first + n * _ONE_DAY for first, last in self.spans for n in range((last - first).days + 1)
        )

    def __str__(self) -> str:
        said = [f"holidays {name}" for name in self.calendars]
        said += [str(first) if first == last else f"{first}/{last}" for first, last in self.spans]
        return f" except {', '.join(said)}" if said else ""


@dataclass(frozen=True)
class Timetable:
    """All that a schedule says. ``word`` is ``always`` or ``never`` for the two that are a word."""

    rules: tuple[Rule, ...]
    zone: str
    off: DaysOff = field(default_factory=DaysOff)
    word: str = ""

    def __hash__(self) -> int:
        """Worked out once, because every question to a schedule looks its course up."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.rules, self.zone, self.off, self.word))

    @property
    def stops_only(self) -> bool:
        return bool(self.rules) and all(rule.stops for rule in self.rules)

    @property
    def starts_only(self) -> bool:
        return bool(self.rules) and all(rule.starts for rule in self.rules)

    @cached_property
    def one_sided(self) -> bool:
        """Whether any of its rules only starts, or only stops."""
        return any(rule.stops or rule.starts for rule in self.rules)

    @property
    def rules_text(self) -> str:
        """Its rules as written. Beside a rule that names days, every day is named too."""
        named = any(isinstance(rule, Weekly) and not rule.days.all for rule in self.rules)
        return ", ".join(
            f"{rule.days} {rule.hours}" if named and isinstance(rule, Weekly) else str(rule)
            for rule in self.rules
        )

    def __str__(self) -> str:
        return self.word or f"{self.rules_text} {self.zone}{self.off}"


ALWAYS = Timetable((Weekly(Days(frozenset(range(7))), 0, DAY),), "UTC", word="always")
NEVER = Timetable((), "UTC", word="never")


def _runs(numbers: frozenset[int], names: Sequence[str]) -> list[str]:
    """``Sun-Thu``: what follows one another, round the end too; positions in ``names``."""
    count = len(names)
    if len(numbers) == count:
        return [f"{names[0]}-{names[-1]}"]
    said = []
    for first in sorted(each for each in numbers if (each - 1) % count not in numbers):
        last = first
        while (last + 1) % count in numbers:
            last = (last + 1) % count
        said.append(names[first] if first == last else f"{names[first]}-{names[last]}")
    return said


def _dates(dates: frozenset[MonthDay]) -> list[str]:
    """``1-7,15,15W,L``."""
    plain = sorted(each.number for each in dates if not each.working and each.number > 0)
    said: list[str] = []
    for first in (n for n in plain if n - 1 not in plain):
        last = first
        while last + 1 in plain:
            last += 1
        said.append(str(first) if first == last else f"{first}-{last}")
    others = sorted((each for each in dates if each.working or each.number < 0), key=_order)
    return [*said, *map(str, others)]


def _order(day: MonthDay) -> tuple[bool, int, bool]:
    return (day.number < 0, day.number, day.working)
