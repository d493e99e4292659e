"""Times in words that people use: spans are written, and instants are read.

``policies.times.reading`` holds the grammar. A weekday is the next such day at that time; today counts if the
time is still to come. ``today`` and a date name their day, so a time that has passed is refused. Days are
those of the zone that was typed. Where clocks change, an instant read here is an end: a time that the clocks
skip becomes the first instant after the gap, and a time that comes twice becomes the second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from policies.times.reading import FORMS, Moment, Night, NotATime, Span, Time, TimeError, quoted, read
from policies.times.wall import WEEKDAYS, latest

__all__ = ["LONGEST", "QUOTES", "NotATime", "TimeError", "When", "instant", "when", "words"]

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
LONGEST = timedelta(days=366)
"""The furthest away that any time may be; configuration sets lower limits."""
_ONE_DAY = timedelta(days=1)
MORNING = 6 * 60
"""The minute of the day at which a night is over if no schedule says when."""
QUOTES = "\"'“”„‘’‚«»"
"""Quotes around a whole text mean nothing."""


def words(span: timedelta) -> str:
    """Return a span as ``38 s``, ``5 m 40 s``, ``2 h`` or ``3 d 4 h``: at most two units, rounded to the
    smaller one.

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
    """Return the instant that a person means, in UTC: after ``now`` and within ``LONGEST`` of it.

    Raises ``TimeError``, with a sentence, for any other text, and ``ValueError`` if ``now`` has no zone.
    """
    if now.tzinfo is None:
        raise ValueError("an instant without a zone is not an instant")
    return _ahead(text, found(read(text), now.astimezone(UTC), zone), now)


@dataclass(frozen=True)
class When:
    """A text that is a time. Which instant it means depends on when and where the person types it."""

    text: str

    @property
    def zone(self) -> str:
        """The zone that was typed with the time; empty if none was."""
        found = read(self.text)
        return str(found.zone or "") if isinstance(found, Moment) else ""

    @property
    def rough(self) -> bool:
        """Whether the text leaves the minute open; then the bot shows how it read the time before it does
        anything.
        """
        found = read(self.text)
        return isinstance(found, Night) or found.rough

    @property
    def night(self) -> bool:
        """Whether the time lasts through the night, until a schedule begins."""
        return isinstance(read(self.text), Night)

    @property
    def tonight(self) -> bool:
        """Whether the time means tonight, and no other night or day."""
        found = read(self.text)
        return isinstance(found, Night) and found.tonight

    def at(self, now: datetime, zone: tzinfo) -> datetime:
        """Return the instant as ``instant`` does. Raises ``TimeError`` if the time has passed by then or is
        too far away.
        """
        return instant(self.text, now=now, zone=zone)


def when(text: str) -> When:
    """Read a text as a time, without quotes around the whole. Raises ``TimeError``, with a sentence, for a
    text that is no time at any moment.
    """
    text = text.strip().strip(QUOTES)
    read(text)
    return When(text)


def _ahead(text: str, found: datetime, now: datetime) -> datetime:
    if found <= now:
        raise TimeError(f"{quoted(text)} has passed; {FORMS}.")
    if found - now.astimezone(UTC) > LONGEST:
        raise TimeError(f"{quoted(text)} is more than {LONGEST.days} days away.")
    return found


Wall = Callable[[date, int, tzinfo], datetime]


def found(time: Time, now: datetime, here: tzinfo, *, wall: Wall = latest) -> datetime:
    """Return the instant of a time that was read, which may have passed. ``wall``: which instant a wall time
    stands for where clocks change; that of an end, if not given. Raises ``TimeError``.
    """
    if isinstance(time, Span):
        return now + time.length
    if isinstance(time, Night):
        return latest(now.astimezone(here).date() + _ONE_DAY, MORNING, here)
    zone = time.zone or here
    today = now.astimezone(zone).date()
    try:
        match time.day:
            case None:
                return _next(today, time.minute, (now, zone), every=1, wall=wall)
            case int():
                first = today + timedelta(days=(time.day - today.weekday()) % 7)
                return _next(first, time.minute, (now, zone), every=7, wall=wall)
            case date():
                return wall(time.day, time.minute, zone)
            case "today" | "tomorrow":
                _one_day(time.day, today, now.astimezone(here).date(), zone)
                return wall(today + (time.day == "tomorrow") * _ONE_DAY, time.minute, zone)
    except OverflowError:
        raise TimeError(f"{quoted(str(time.day))} is not in the calendar; {FORMS}.") from None


def _one_day(said: str, there: date, here: date, zone: tzinfo) -> None:
    """Refuse *today* or *tomorrow* if the typed zone has another day than here: nobody can know whose day is
    meant.
    """
    if there != here:
        raise TimeError(
            f'"{said}" may be two days: it is {WEEKDAYS[there.weekday()]} in {zone} and '
            f"{WEEKDAYS[here.weekday()]} here; write the date."
        )


def next_after(instant: datetime, minute: int, zone: tzinfo) -> datetime:
    """Return the first end after an instant at that minute of the day."""
    return _next(instant.astimezone(zone).date(), minute, (instant, zone), every=1, wall=latest)


def _next(day: date, minute: int, here: tuple[datetime, tzinfo], *, every: int, wall: Wall) -> datetime:
    """Return the first instant after now at that minute, on that day or every ``every`` days later."""
    now, zone = here
    met = wall(day, minute, zone)
    while met <= now:
        day += timedelta(days=every)
        met = wall(day, minute, zone)
    return met
