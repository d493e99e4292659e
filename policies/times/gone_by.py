"""A moment gone by, as people say it: since when something is asked about.

::

    since = ["since" | "from"] (span ["ago"] | moment | day)      15:00, 3pm, Mon 08:00, 30m, 2 hours ago
          | ["since" | "from"] ["the"] ("last" | "past") (span | unit)          last 2 hours, the past week
    day   = today | yesterday | Monday | 2026-03-01                each means its beginning
          | day ["at"] clock | clock yesterday
    unit  = minute | hour | day | week

A time without a day is the latest such that has passed, a weekday the latest such day. Spans, clocks and
zones are those of ``policies.times.reading``. The grammar is closed: anything else is refused and never
guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from policies.times import reading
from policies.times.instants import QUOTES
from policies.times.reading import Moment, NotATime, Span, TimeError, quoted, read
from policies.times.wall import earliest, weekday

FORMS = 'write "30m", "3pm", "yesterday 18:00", "Mon 08:00" or "2026-03-02 15:00"'
_LEADS = frozenset({"since", "from"})
_TO_COME = frozenset({"tomorrow", "tonight"})
_DAY = timedelta(days=1)
_YESTERDAY = "yesterday"
_LAST = frozenset({"last", "past"})
_UNITS = {"minute": "1m", "hour": "1h", "day": "1d", "week": "7d"}


@dataclass(frozen=True)
class GoneBy:
    """A text that is a time gone by. Which instant it means depends on when and where the person types it."""

    text: str

    def at(self, now: datetime, zone: tzinfo) -> datetime:
        """Return the instant, in UTC, at or before ``now``. Raises ``TimeError``, with a sentence, if the
        time is still to come.
        """
        found = _found(_words(self.text), now, zone)
        if found > now:
            raise TimeError(f"{quoted(self.text)} is still to come; {FORMS}.")
        return found


def gone_by(text: str) -> GoneBy:
    """Read a text as a time gone by. Raises ``TimeError``, with a sentence, for a text that is no such time
    at any moment.
    """
    bare = text.strip().strip(QUOTES)
    words = _words(bare)
    if words and words[0].lower() in _TO_COME:
        raise TimeError(f"{quoted(bare)} is still to come; {FORMS}.")
    _found(words, _ANY, UTC, text=bare)
    return GoneBy(bare)


_ANY = datetime(2026, 1, 2, tzinfo=UTC)
"""A moment at which a text is read once, to find out whether it is a time at all."""


def _words(text: str) -> list[str]:
    said = text.split()
    said = said[1:] if said and said[0].lower() in _LEADS else said
    if said and said[-1].lower() == "ago":
        return said[:-1]
    return [_YESTERDAY, *said[:-1]] if said and said[-1].lower() == _YESTERDAY else _lasting(said)


def _lasting(said: list[str]) -> list[str]:
    """Return the length alone of *the last 2 hours*. Of *last Monday* nobody can tell which is meant."""
    rest = said[1:] if said and said[0].lower() == "the" else said
    if not rest or rest[0].lower() not in _LAST:
        return said
    length = [_UNITS.get(rest[1].lower(), rest[1])] if len(rest) == 2 else rest[1:]
    try:
        return length if isinstance(read(" ".join(length)), Span) else said
    except TimeError:
        return said


def _found(words: list[str], now: datetime, zone: tzinfo, *, text: str = "") -> datetime:
    today = now.astimezone(zone).date()
    whole = " ".join(words)
    day = _day_alone(words, today)
    if day is not None:
        return earliest(day, 0, zone)
    if words and words[0].lower() == _YESTERDAY:
        return _on(_read(" ".join(words[1:]).removeprefix("at "), text or whole), today - _DAY, zone)
    found = _read(whole, text or whole)
    if isinstance(found, Span):
        return now - found.length
    return _past(found, now, found.zone or zone)


def _day_alone(words: list[str], today: date) -> date | None:
    """Return the day of a text that names only a day."""
    if len(words) != 1:
        return None
    said = words[0].lower()
    if said in ("today", _YESTERDAY):
        return today - _DAY * (said == _YESTERDAY)
    if (number := weekday(said)) is not None:
        return today - timedelta(days=(today.weekday() - number) % 7)
    try:
        return date.fromisoformat(said) if said.count("-") == 2 else None
    except ValueError:
        return None


def _read(said: str, text: str) -> Span | Moment:
    """Read a span or a minute. Raises ``NotATime`` for the future's own words, such as *until Friday*."""
    try:
        found = read(said) if said.split()[:1] not in (["until"], ["till"], ["in"]) else None
    except NotATime:
        found = None
    except TimeError as wrong:
        raise TimeError(str(wrong).replace(reading.FORMS, FORMS)) from None
    if found is None or not isinstance(found, Span | Moment) or (isinstance(found, Moment) and found.rough):
        raise NotATime(f"{quoted(text)} is not a time; {FORMS}.")
    return found


def _on(found: Span | Moment, day: date, here: tzinfo) -> datetime:
    if isinstance(found, Span) or found.day is not None:
        raise NotATime(f"That is not a time of yesterday; {FORMS}.")
    return earliest(day, found.minute, found.zone or here)


def _past(found: Moment, now: datetime, zone: tzinfo) -> datetime:
    """Return the latest instant of that minute which is not after now, unless its date is named."""
    today = now.astimezone(zone).date()
    match found.day:
        case None:
            at = earliest(today, found.minute, zone)
            return at if at <= now else earliest(today - _DAY, found.minute, zone)
        case int() as number:
            day = today - timedelta(days=(today.weekday() - number) % 7)
            at = earliest(day, found.minute, zone)
            return at if at <= now else earliest(day - 7 * _DAY, found.minute, zone)
        case date() as day:
            return earliest(day, found.minute, zone)
        case "tomorrow":
            return earliest(today + _DAY, found.minute, zone)
    return earliest(today, found.minute, zone)
