"""What a schedule says, as values that print as the notation they were written in."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from policies.times.wall import DAY, WEEKDAYS, clock, earliest, latest

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """Days of the week, and nth ones of a month: ``(0, 1)`` its first Monday, ``(4, -1)`` its last Friday."""

    week: frozenset[int] = frozenset()
    nth: frozenset[tuple[int, int]] = frozenset()

    def __contains__(self, day: date) -> bool:
        weekday = day.weekday()
        if weekday in self.week:
            return True
        if not self.nth:
            return False
        left = calendar.monthrange(day.year, day.month)[1] - day.day
        return (weekday, (day.day - 1) // 7 + 1) in self.nth or (weekday, -(left // 7 + 1)) in self.nth

    def __or__(self, other: Days) -> Days:
        """Both; without an nth weekday that is there every week anyway, so that equal days are one value."""
        week = self.week | other.week
        return Days(week, frozenset(each for each in self.nth | other.nth if each[0] not in week))

    @property
    def all(self) -> bool:
        return len(self.week) == len(WEEKDAYS)

    def may_fall_on(self, weekday: int) -> bool:
        return weekday in self.week or any(weekday == each for each, _ in self.nth)

    def __str__(self) -> str:
        nth = sorted(self.nth, key=lambda each: (each[1] < 0, abs(each[1]), each[0]))
        return ",".join([*_runs(self.week), *(f"{WEEKDAYS[day]}#{n}" for day, n in nth)])


@dataclass(frozen=True)
class Weekly:
    """Minutes of the local day it begins on; ``closes`` is past 24:00 when it crosses midnight.

    A rule that opens and closes at one time is a stop: it never opens anything.
    """

    days: Days
    opens: int
    closes: int

    @property
    def stops(self) -> bool:
        return self.opens == self.closes

    def between(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        """Its instants, in UTC, on the day it begins on; equal when the clocks skip all of it."""
        end = latest(day, self.closes, zone)
        return (end if self.stops else earliest(day, self.opens, zone)), end

    @property
    def hours(self) -> str:
        return f"stop {clock(self.opens)}" if self.stops else f"{clock(self.opens)}-{clock(self.closes)}"

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
    """Once: from one point to another, or a stop if they are the same. Days off do not concern it."""

    opens: Point
    closes: Point

    @property
    def stops(self) -> bool:
        return self.opens == self.closes

    def between(self, local: tzinfo) -> tuple[datetime, datetime]:
        """Its instants, in UTC, in a schedule of that zone."""
        end = latest(self.closes.day, self.closes.minute, self.closes.zone(local))
        return (
            end if self.stops else earliest(self.opens.day, self.opens.minute, self.opens.zone(local))
        ), end

    def __str__(self) -> str:
        return f"stop {self.opens}" if self.stops else f"{self.opens}/{self.closes}"


Rule = Weekly | Dated


@dataclass(frozen=True)
class DaysOff:
    """Days on which no weekly rule begins: named calendars of holidays, and spans of dates, both ends off."""

    calendars: tuple[str, ...] = ()
    spans: tuple[tuple[date, date], ...] = ()

    def dates(self) -> frozenset[date]:
        """Those it names itself, without its calendars."""
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

    @property
    def stops_only(self) -> bool:
        return bool(self.rules) and all(rule.stops for rule in self.rules)

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


def _runs(week: frozenset[int]) -> list[str]:
    """``Sun-Thu``: days that follow one another, round the end of the week too."""
    if len(week) == len(WEEKDAYS):
        return ["Mon-Sun"]
    said = []
    for first in sorted(day for day in week if (day - 1) % 7 not in week):
        last = first
        while (last + 1) % 7 in week:
            last = (last + 1) % 7
        said.append(WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]}-{WEEKDAYS[last]}")
    return said
