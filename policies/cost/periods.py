"""Periods as people say them: stretches of local days, to ask what they cost.

::

    period = today | yesterday | (this | last) (week | month) | since day | month
    day    = Monday | Mon | today | yesterday | (this | last) (week | month)
           | 1 Nov | Nov 1 2026 | November | 2026-11-01
    month  = October | Oct 2025 | 2026-10

An empty text is this month. The grammar is closed: anything else is refused with a sentence, and never
guessed. A week begins on Monday. A name without a year is the latest such that has begun, and no period
reaches beyond today.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from policies.times.instants import QUOTES
from policies.times.reading import quoted
from policies.times.wall import month as month_named
from policies.times.wall import weekday

FORMS = (
    'write "today", "yesterday", "this week", "last week", "this month", "last month", "since Monday", '
    '"since 1 Nov", "October" or "2026-10"'
)
YEARS = range(2000, 2101)
_TEXT = 40
"""Characters; the longest period that can be written has about twenty-five."""
_ONE = timedelta(days=1)
_WEEK = timedelta(days=7)
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_OF_MONTH = re.compile(r"[0-9]{1,2}")
_YEAR = re.compile(r"[0-9]{4}")
_LEAP = 8
"""Years within which each day of the calendar comes up, the 29th of February too."""


class PeriodError(ValueError):
    """A text is not a period, or is a period that is still to come; the message is a sentence fit for a
    channel.
    """


@dataclass(frozen=True)
class Stretch:
    """Local days from ``first`` to ``last``, both included. ``before``: as many earlier days to compare them
    with. A week or month that is not over is compared with the same days of the one before (in a shorter
    month up to its end), and a whole month with the whole month before. ``so_far``: the last day is today,
    which is not over.
    """

    first: date
    last: date
    before: tuple[date, date]
    so_far: bool = False


@dataclass(frozen=True)
class Period:
    """A text that is a period. Its days depend on when and where it is asked for."""

    text: str

    def on(self, today: date) -> Stretch:
        """Return the days of the period. Raises ``PeriodError`` if it has not begun by then."""
        try:
            return _stretch(self.text.lower().split(), today)
        except _Refused as wrong:
            raise PeriodError(f"{quoted(self.text)} {wrong}") from None

    def at(self, now: datetime, zone: tzinfo) -> Stretch:
        """Return the days as ``on`` does, by the date in that time zone."""
        return self.on(now.astimezone(zone).date())


THIS_MONTH = Period("this month")


def period(text: str) -> Period:
    """Read a period; quotes around the whole text are removed. Raises ``PeriodError``, with a sentence, for a
    text that is not a period on any day.
    """
    said = " ".join(text.strip().strip(QUOTES)[: _TEXT + 1].split())
    if not said:
        return THIS_MONTH
    if len(said) > _TEXT:
        raise PeriodError(f"{quoted(text)} {_UNKNOWN}")
    found = Period(said)
    found.on(date(YEARS[-1], 12, 31))
    return found


class _Refused(Exception):
    """Carries the rest of the sentence, after what was written."""


_UNKNOWN = f"is not a period; {FORMS}."
_TO_COME = "is still to come, so there is nothing to count yet."
_NO_DAY = f"is not in the calendar; {FORMS}."


def _stretch(words: Sequence[str], today: date) -> Stretch:
    match words:
        case ["today"]:
            return _days(today, today, today)
        case ["yesterday"]:
            return _days(today - _ONE, today - _ONE, today)
        case [("this" | "last") as which, "week"]:
            return _week(_monday(which, today), today)
        case ["tomorrow"] | ["next", "week" | "month"]:
            raise _Refused(_TO_COME)
        case ["this", "month"]:
            return _month(today.replace(day=1), today)
        case ["last", "month"]:
            return _month(_month_before(today), today)
        case ["since", *day] if (found := _day(day, today)) is not None:
            return _days(_begun(found, today), today, today)
        case _ if (found := _whole_month(words, today)) is not None:
            return _month(_begun(found, today), today)
    raise _Refused(_UNKNOWN)


def _days(first: date, last: date, today: date) -> Stretch:
    length = last - first + _ONE
    return Stretch(first, last, (first - length, first - _ONE), so_far=last == today)


def _monday(which: str, today: date) -> date:
    return today - timedelta(days=today.weekday()) - _WEEK * (which == "last")


def _week(monday: date, today: date) -> Stretch:
    last = min(monday + _WEEK - _ONE, today)
    return Stretch(monday, last, (monday - _WEEK, last - _WEEK), so_far=last == today)


def _month(first: date, today: date) -> Stretch:
    end, start = _month_end(first), _month_before(first)
    if end < today:
        return Stretch(first, end, (start, first - _ONE))
    same = min(start + (today - first), first - _ONE)
    return Stretch(first, today, (start, same), so_far=True)


def _day(words: Sequence[str], today: date) -> date | None:
    """Return the latest such day that is not after today; a day with its year stays as written."""
    match words:
        case ["today" | "yesterday" | "tomorrow" as word]:
            return today + _ONE * ("yesterday", "today", "tomorrow").index(word) - _ONE
        case [("this" | "last") as which, "week"]:
            return _monday(which, today)
        case [("this" | "last") as which, "month"]:
            return today.replace(day=1) if which == "this" else _month_before(today)
        case [word] if (number := weekday(word)) is not None:
            return today - timedelta(days=(today.weekday() - number) % 7)
        case [word] if (whole := _DATE.fullmatch(word)) is not None:
            return _date(int(whole[1]), int(whole[2]), int(whole[3]))
        case [first, second, *rest] if len(rest) < 2 and not _YEAR.fullmatch(second):
            day, name = (first, second) if _DAY_OF_MONTH.fullmatch(first) else (second, first)
            number = month_named(name)
            if number is not None and _DAY_OF_MONTH.fullmatch(day):
                return _in_year(number, int(day), year=_year(rest), today=today)
    return _whole_month(words, today)


def _whole_month(words: Sequence[str], today: date) -> date | None:
    """Return the first day of a month."""
    if len(words) == 1 and (whole := _MONTH.fullmatch(words[0])) is not None:
        return _date(int(whole[1]), int(whole[2]), 1)
    number = month_named(words[0]) if 0 < len(words) < 3 else None
    return None if number is None else _in_year(number, 1, year=_year(words[1:]), today=today)


def _year(words: Sequence[str]) -> int | None:
    if words and not _YEAR.fullmatch(words[0]):
        raise _Refused(_UNKNOWN)
    return int(words[0]) if words else None


def _in_year(month: int, day: int, *, year: int | None, today: date) -> date:
    if year is not None:
        return _date(year, month, day)
    for back in range(_LEAP + 1):
        try:
            found = date(today.year - back, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    raise _Refused(_NO_DAY)


def _date(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise _Refused(_NO_DAY) from None
    if year not in YEARS:
        raise _Refused(f"is not in the years from {YEARS[0]} to {YEARS[-1]}.")
    return found


def _begun(day: date, today: date) -> date:
    if day > today:
        raise _Refused(_TO_COME)
    return day


def _month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - _ONE


def _month_before(day: date) -> date:
    """Return the first day of the month before the month of this day."""
    return (day.replace(day=1) - _ONE).replace(day=1)
