"""Times in words that people use: spans that are said, and a closed grammar of instants that are read.

::

    time  = ["until"] (span | clock | weekday clock | "today" clock | "tomorrow" clock | date clock)
    span  = 4h | 90m | 1h30m                      from now, by elapsed time
    clock = 23:00 | 24:00 | 9am | 9:30pm          the next one in the zone
    date  = 2026-12-24T18:00 or with a space; in the zone, or with Z or an offset like +01:00

A weekday is the next one at that time, today's if it is still to come. ``today`` and a date say their day
themselves, so one that has passed is refused. Where clocks change, an instant read here is an end: a time
that the clocks skip is the first instant after, and of a time that comes twice it is the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from policies.times.wall import latest, minutes, weekday

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
LONGEST = timedelta(days=366)
"""The furthest that anything may be asked for; configuration says less."""
_FORMS = 'write "23:00", "4h", "1h30m", "Mon 08:00", "tomorrow 9am" or "2026-12-24T18:00"'
SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""Whether a text is a time at all does not depend on the day."""
_QUOTES = "\"'“”„"
_TEXT = 60
"""Characters; the longest time that can be written has some forty."""
_SPAN = re.compile(r"(?:([0-9]{1,4}) ?h)? ?(?:([0-9]{1,6}) ?m)?")
_HALVES = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?([ap])m")
_DATED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[t ]([0-9]{2}:[0-9]{2})(?::00)?(z|[+-][0-9]{2}:?[0-9]{2})?")
_NAMED = re.compile(r"([a-z]+) (.+)")


class TimeError(ValueError):
    """A text is not a time, or is one that has passed; the message is one sentence fit for a channel."""


class NotATime(TimeError):
    """It is no time in any of the forms, so a reader of longer texts may try a shorter one."""


def words(span: timedelta) -> str:
    """``38 s``, ``5 m 40 s``, ``2 h``, ``3 d 4 h``: at most two units, rounded to the smaller one.

    Anything above nothing is at least ``1 s``; a negative span counts as nothing.
    """
    exact = span.total_seconds()
    seconds = max(1, int(exact + 0.5)) if exact > 0 else 0
    seconds -= seconds % (60 if seconds >= 3_600 else 1)
    seconds -= seconds % (3_600 if seconds >= 86_400 else 1)
    parts: list[str] = []
    for unit, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def instant(text: str, *, now: datetime, zone: tzinfo) -> datetime:
    """The instant that a person means, in UTC: after ``now`` and within ``LONGEST`` of it.

    Raises ``TimeError``, with a sentence, for anything else.
    """
    if now.tzinfo is None:
        raise ValueError("an instant without a zone is not an instant")
    return _ahead(text, _found(text, now, zone), now)


def _found(text: str, now: datetime, zone: tzinfo) -> datetime:
    asked = " ".join(text[: _TEXT + 1].lower().split())
    said = asked.removeprefix("until ")
    if not said or len(text) > _TEXT:
        raise NotATime(f"{_quoted(text)} is not a time; {_FORMS}.")
    for read in _READERS:
        found = read(said, now.astimezone(UTC), zone)
        if found is not None:
            return found
    raise NotATime(f"{_quoted(text)} is not a time; {_FORMS}.")


@dataclass(frozen=True)
class When:
    """A text that is a time. Which instant it is, depends on when and where it is asked."""

    text: str

    def at(self, now: datetime, zone: tzinfo) -> datetime:
        """As ``instant``. Raises ``TimeError`` if it has passed by then, or is too far away."""
        return instant(self.text, now=now, zone=zone)


def when(text: str) -> When:
    """Quotes around the whole are taken off. Raises ``TimeError``, with a sentence, for a text that is no
    time at any moment."""
    text = text.strip(_QUOTES)
    _found(text, SOME_DAY, UTC)
    return When(text)


def _ahead(text: str, found: datetime, now: datetime) -> datetime:
    if found <= now:
        raise TimeError(f"{_quoted(text)} has passed; {_FORMS}.")
    if found - now.astimezone(UTC) > LONGEST:
        raise TimeError(f"{_quoted(text)} is more than {LONGEST.days} days away.")
    return found


def _span(said: str, now: datetime, zone: tzinfo) -> datetime | None:
    found = _SPAN.fullmatch(said)
    if found is None:
        return None
    hours, part = int(found[1] or 0), int(found[2] or 0)
    if found[1] and part > 59:
        raise TimeError(
            f'"{said}" has more than 59 minutes beside its hours; write "{hours + part // 60}h{part % 60}m".'
        )
    if not hours and not part:
        raise TimeError(f'"{said}" is no time at all; {_FORMS}.')
    return now + timedelta(hours=hours, minutes=part)


def _clock(said: str, now: datetime, zone: tzinfo) -> datetime | None:
    minute = _minute(said)
    return None if minute is None else _next(now.astimezone(zone).date(), minute, (now, zone), every=1)


def _named_day(said: str, now: datetime, zone: tzinfo) -> datetime | None:
    found = _NAMED.fullmatch(said)
    minute = _minute(found[2]) if found else None
    if found is None or minute is None:
        return None
    day, wanted = now.astimezone(zone).date(), weekday(found[1])
    if wanted is not None:
        return _next(day + timedelta(days=(wanted - day.weekday()) % 7), minute, (now, zone), every=7)
    if found[1] not in ("today", "tomorrow"):
        return None
    return latest(day + timedelta(days=found[1] == "tomorrow"), minute, zone)


def _dated(said: str, now: datetime, zone: tzinfo) -> datetime | None:
    found = _DATED.fullmatch(said)
    minute = minutes(found[2]) if found else None
    if found is None or minute is None:
        return None
    try:
        day = date.fromisoformat(found[1])
        if found[3] is None:
            return latest(day, minute, zone)
        exact = datetime.fromisoformat(f"{found[1]}T00:00{found[3].upper()}")
        return exact.astimezone(UTC) + timedelta(minutes=minute)
    except (ValueError, OverflowError):
        raise TimeError(f'"{said.upper()}" is not in the calendar; {_FORMS}.') from None


_READERS: tuple[Callable[[str, datetime, tzinfo], datetime | None], ...] = (_span, _clock, _named_day, _dated)


def _next(day: date, minute: int, here: tuple[datetime, tzinfo], *, every: int) -> datetime:
    """The first after now of that day and each so many days later."""
    now, zone = here
    found = latest(day, minute, zone)
    while found <= now:
        day += timedelta(days=every)
        found = latest(day, minute, zone)
    return found


def _minute(said: str) -> int | None:
    """``23:00``, ``9am``, ``9:30 pm``; 12am is midnight and 12pm noon. None for anything else."""
    found = _HALVES.fullmatch(said.replace(" ", ""))
    if found is None:
        return minutes(said)
    hour, part = int(found[1]), int(found[2] or 0)
    if not 1 <= hour <= 12 or part > 59:
        return None
    return (hour % 12 + (12 if found[3] == "p" else 0)) * 60 + part


def _quoted(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in text[:40])
    return f'"{shown}{"…" if len(text) > 40 else ""}"'
