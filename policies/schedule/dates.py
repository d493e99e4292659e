"""The dated parts of the notation of schedules: what happens once, and days off."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from policies.schedule.rules import Dated, DaysOff, Point
from policies.schedule.words import ScheduleError, quoted, time_of

YEARS = (1970, 2100)
"""The years that may be written; one outside them is a slip of the hand."""
LONGEST_OFF = 366
"""The longest span of days off, in days; longer than that is another schedule."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_POINT = re.compile(r"([0-9-]{10})[Tt]([0-9:]{5})(?::00)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?")
_CALENDAR = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def dated(text: str, side: str = "") -> Dated:
    """``2026-12-24T08:00/2026-12-26T20:00``, or one point for a ``side`` (``start``, ``stop``)."""
    first, slash, last = text.partition("/")
    if side:
        if slash:
            raise ScheduleError(f'A {side} has one time, and "{quoted(text)}" has two.')
        return Dated(_point(first), _point(first), starting=side == "start")
    if not slash:
        raise ScheduleError(
            f'"{quoted(text)}" has no end; write 2026-12-24T08:00/2026-12-26T20:00, or "stop" before it.'
        )
    rule = Dated(_point(first), _point(last))
    if rule.stops:
        raise ScheduleError(f'"{quoted(text)}" never opens; its end comes after its beginning.')
    return rule


def days_off(parts: Iterable[str]) -> DaysOff:
    """What follows each ``except``."""
    calendars: dict[str, None] = {}
    spans: dict[tuple[date, date], None] = {}
    for item in (item.strip() for part in parts for item in part.split(",")):
        if not item:
            raise ScheduleError('A day off is missing after "except"; write 2026-12-24 or "holidays DE-BE".')
        if item.lower().startswith("holidays"):
            calendars[_calendar(item[8:].strip())] = None
        else:
            spans[_span(item)] = None
    return DaysOff(tuple(calendars), tuple(spans))


def _calendar(name: str) -> str:
    if not _CALENDAR.fullmatch(name.upper()) or not name.isascii():
        raise ScheduleError(
            f'"holidays {quoted(name)}" names no calendar; write a country, or one with its part: '
            f'"holidays DE" or "holidays DE-BE".'
        )
    return name.upper()


def _span(text: str) -> tuple[date, date]:
    first, slash, last = text.partition("/")
    if not _DATE.fullmatch(first) or (slash and not _DATE.fullmatch(last)):
        raise ScheduleError(
            f'"{quoted(text)}" is not a day off; write 2026-12-24, 2026-12-24/2027-01-01 or "holidays DE-BE".'
        )
    start, end = _date(first), _date(last or first)
    if end < start:
        raise ScheduleError(f'"{quoted(text)}" ends before it begins.')
    if (end - start).days >= LONGEST_OFF:
        raise ScheduleError(f'"{quoted(text)}" is more than {LONGEST_OFF} days, which is not an exception.')
    return start, end


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ScheduleError(
            f'"{quoted(text)}" is not a date in the calendar; dates look like 2026-12-24.'
        ) from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise ScheduleError(f'"{quoted(text)}" is outside the years {YEARS[0]} to {YEARS[1]}.')
    return day


def _point(text: str) -> Point:
    found = _POINT.fullmatch(text)
    if found is None or not _DATE.fullmatch(found[1]):
        raise ScheduleError(
            f'"{quoted(text)}" is not a date with a time; write 2026-12-24T08:00, with an offset if you like.'
        )
    day, minute, offset = _date(found[1]), time_of(found[2]), found[3]
    wall = datetime.combine(day, time(), tzinfo=UTC) + timedelta(minutes=minute - _offset(offset))
    return Point(wall.date(), 60 * wall.hour + wall.minute, utc=offset is not None)


def _offset(text: str | None) -> int:
    """Minutes east of Greenwich."""
    if text is None or text in "Zz":
        return 0
    digits = text[1:].replace(":", "")
    ahead = 60 * int(digits[:2]) + int(digits[2:])
    if int(digits[2:]) > 59 or ahead > 14 * 60:
        raise ScheduleError(
            f'"{quoted(text)}" is not an offset that any clock has; write for example +01:00.'
        )
    return -ahead if text[0] == "-" else ahead
