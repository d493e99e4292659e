"""Wall clocks: the names of days, the minutes of a day, and the instants they stand for in a zone.

One rule covers the days on which clocks change. A time that the clocks skip (a gap) becomes the first instant
after the gap. A time that comes twice (a fold) becomes the first of the two if something begins then and the
second if something ends then, so that nothing is cut short. If the hour from 02:00 comes twice, 02:00 itself
comes twice too.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY = 1_440
"""The minutes of a day on the wall clock. A day on which clocks change names as many minutes as any other."""
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
FULL_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_SECOND = timedelta(seconds=1)


def weekday(text: str) -> int | None:
    """Return the number of a weekday (Monday is 0), from three letters or the whole English name in any case;
    ``None`` for anything else.
    """
    word = text.lower()
    if word in FULL_WEEKDAYS:
        return FULL_WEEKDAYS.index(word)
    return next((n for n, name in enumerate(WEEKDAYS) if name.lower() == word), None)


def month(text: str) -> int | None:
    """Return the number of a month (January is 1), from three letters or the whole English name in any case;
    ``None`` for anything else.
    """
    word = text.lower()
    return next((n for n, name in enumerate(MONTHS, 1) if word in (name.lower(), name[:3].lower())), None)


def minutes(text: str) -> int | None:
    """Return the minutes of the day for ``08:00`` or ``8:00``, up to ``24:00``; ``None`` for other text."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    return 60 * hour + minute if minute < 60 and 60 * hour + minute <= DAY else None


def clock(minute: int) -> str:
    """Return ``08:00`` for a minute of the day. Minutes past the end of the day count into the next day, and
    the very end is ``24:00``.
    """
    if minute > DAY:
        minute -= DAY
    return f"{minute // 60:02}:{minute % 60:02}"


def earliest(day: date, minute: int, zone: tzinfo) -> datetime:
    """Return the instant, in UTC, at which something that begins at this wall time begins."""
    first, second = _both(day, minute, zone)
    return _gap_end(second, first, zone) if first > second else first


def latest(day: date, minute: int, zone: tzinfo) -> datetime:
    """Return the instant, in UTC, at which something that ends at this wall time ends; never before
    ``earliest``.
    """
    first, second = _both(day, minute, zone)
    return _gap_end(second, first, zone) if first > second else max(first, second)


def _both(day: date, minute: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the instants by the offset before a change and by the offset after it: equal on ordinary days,
    reversed in a gap.
    """
    days, minute = divmod(minute, DAY)
    if days:
        day += timedelta(days=days)
    wall = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone)
    return wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)


def _gap_end(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the first instant, to the second, that has the offset in force at ``after``."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def in_utc(instant: datetime, now: datetime) -> str:
    """*09:00:00 UTC*, with its date before it unless that is today's."""
    utc = instant.astimezone(UTC)
    date = "" if utc.date() == now.astimezone(UTC).date() else f"{utc:%Y-%m-%d} "
    return f"{date}{utc:%H:%M:%S} UTC"
