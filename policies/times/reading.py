"""Read a text as a time: which of the forms the text has, before anybody asks when and where.

::

    time   = ["until" | "till"] (moment | rough) | ["for"] (span | rough) | "in" span
    span   = 4h | 90m | 1h30m | 1.5h | 2 days | a week | two hours | 90 min | an hour and a half
    moment = [day ["at"]] clock {day | zone}          at most one day and one zone, in any order
           | 2026-12-24T18:00 [offset] {zone}
    clock  = 23:00 | 24:00 | 9am | 9:30 pm | noon | midnight | half past 10 pm (policies.times.faces)
    day    = Mon | Monday | today | tomorrow | 2026-12-24
    zone   = Europe/Berlin | UTC | offset             a full name, as ``policies.times.zones`` has it
    offset = Z | +02:00                               a minus only with a date: 23:00-05:00 may be two times

    rough  = tonight | tomorrow | this evening | Friday evening | Friday at 9 | end of day | ["next"] day
           | 22 | 2200 and their like

A rough time names no minute, so people are shown how it was read before anything is done. The same holds for
*in 2 hours*, which may be when something begins. The grammar is closed. Anything after a time that may be
meant as a zone or a day is read as one, or refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta, timezone, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from policies.times.faces import Ambiguous, counted, in_figures, untimed
from policies.times.wall import minutes, weekday
from policies.times.zones import ZoneError, names_a_zone, zone_name

FORMS = 'write "23:00", "4h", "1h30m", "Mon 08:00", "tomorrow 9am" or "2026-12-24T18:00"'
_TEXT = 80
"""In characters; the longest time that can be written has about sixty."""
_ZONE_WORDS = 3
"""The most words in a city's name: *Port of Spain*."""
_SPAN = re.compile(
    r"(?:([0-9]{1,2}) ?(?:w|weeks?))? ?(?:([0-9]{1,3}) ?(?:d|days?))? ?"
    r"(?:([0-9]{1,4}) ?(?:h|hrs?|hours?))? ?(?:and )?(?:([0-9]{1,6}) ?(?:m|mins?|minutes?))?"
)
_FIRST = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_LARGER = {"fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "ninety": "90"}
_NUMBERS = {**{word: str(n) for n, word in enumerate(_FIRST, 1)}, **_LARGER, "a": "1", "an": "1"}
"""Numbers as words, where a unit follows."""
_PART = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2})| and 1 half) ?(?:h|hrs?|hours?)")
"""Hours with a decimal part: *1.5h*, *2 and a half hours*."""
_HALF_AFTER = re.compile(r"1 (hour|day) and 1 half")
_LEADS = ("until", "till", "for", "in")
_BARE = re.compile(r"([0-9]{1,2})(?:[:.h]?([0-9]{2}))?")
NIGHTS = frozenset(
    {"tonight", "tonite", "overnight", "the night", "all night", "the whole night", "through the night"}
)
"""Words for the coming night."""
_MORNINGS = frozenset(
    {"tomorrow", "tmrw", "morning", "tomorrow morning", "the morning", "next morning", "first thing tomorrow"}
)
_EVENING, _AFTERNOON, _CLOSE, _MORNING = 20 * 60, 17 * 60, 18 * 60, 8 * 60
"""The minutes of the day that people mean when they name a part of the day; they are asked to confirm."""
_PARTS = {"morning": _MORNING, "afternoon": _AFTERNOON, "evening": _EVENING}
_HALVES = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?([ap])\.?m\.?")
_CLOCK = re.compile(r"([0-9]{1,2}:[0-9]{2})(:00)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?")
_DATED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](.+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OFFSET = re.compile(r"[Zz]|([+-])([0-9]{2}):?([0-9]{2})")

_MIDNIGHT = "midnight"
"""With a day, midnight may be the one before that day or the one after it."""
_NAMED = {"noon": 12 * 60, "midday": 12 * 60, _MIDNIGHT: 24 * 60}

Day = int | date | Literal["today", "tomorrow"] | None
"""A weekday (Monday is 0), a date, a day relative to now, or ``None``: the next day on which that time comes.
"""


class TimeError(ValueError):
    """A text is not a time, or names one that has passed. The message is one sentence fit for a channel."""


class NotATime(TimeError):
    """A text has none of the forms of a time, so a reader of longer texts may try a shorter one."""


@dataclass(frozen=True)
class Span:
    """Elapsed time from now. ``rough``: whether the span may say when something begins."""

    length: timedelta
    rough: bool = False


@dataclass(frozen=True)
class Moment:
    """A minute of a day on the wall clock, in ``zone`` or in the zone of whoever asks.

    ``followed``: whether the day or the zone came last. ``rough``: whether the minute is assumed and not
    typed.
    """

    minute: int
    day: Day = None
    zone: tzinfo | None = None
    followed: bool = False
    rough: bool = False


@dataclass(frozen=True)
class Night:
    """Through the coming night, until a schedule begins in the morning. ``tonight``: whether the text named
    the night and not the morning.
    """

    tonight: bool


Time = Span | Moment | Night
_ROUGH: dict[str, Moment] = {
    "evening": Moment(_EVENING, "today", rough=True),
    "afternoon": Moment(_AFTERNOON, "today", rough=True),
    "tomorrow evening": Moment(_EVENING, "tomorrow", rough=True),
    "tomorrow afternoon": Moment(_AFTERNOON, "tomorrow", rough=True),
    "end of day": Moment(_CLOSE, rough=True),
    "end of business": Moment(_CLOSE, rough=True),
    "today": Moment(24 * 60, "today", rough=True),
    "end of week": Moment(_CLOSE, 4, rough=True),
    "next week": Moment(_MORNING, 0, rough=True),
    "weekend": Moment(_MORNING, 0, rough=True),
}
_ALSO = {
    "eod": "end of day",
    "cob": "end of business",
    "eob": "end of business",
    "close of business": "end of business",
    "end of the day": "end of day",
    "end of the week": "end of week",
    "end of the business day": "end of business",
    "end of the working day": "end of business",
    "eow": "end of week",
    "over the weekend": "weekend",
}


def read(text: str) -> Time:
    """Read a text as a time. Raises ``NotATime``, or ``TimeError`` for what is nearly a time; each with a
    sentence.
    """
    words = text[: _TEXT + 1].split()
    lead = words[0].lower() if words else ""
    said = words[1:] if lead in _LEADS else words
    if not said or len(text) > _TEXT:
        raise NotATime(f"{quoted(text)} is not a time; {FORMS}.")
    asked = " ".join(said)
    said = _plainly(said, asked)
    found = _span(" ".join(said).lower()) or _moment(said) or _roughly(said, until=lead in ("until", "till"))
    exact = isinstance(found, Moment) and not found.rough
    if found is None or (lead == "for" and exact) or (lead == "in" and not isinstance(found, Span)):
        raise NotATime(f"{quoted(asked)} is not a time; {FORMS}.")
    if lead in ("until", "till") and isinstance(found, Span):
        raise TimeError(
            f'"{asked}" is a span from now; write "{asked}" alone, or {lead} a time like "23:00".'
        )
    return replace(found, rough=True) if lead == "in" and isinstance(found, Span) else found


def _plainly(said: Sequence[str], asked: str) -> list[str]:
    """Return the words with a face of a clock in figures. Raises ``TimeError`` for what may be several times,
    and ``NotATime`` for what only sounds like one.
    """
    if why := counted(asked):
        raise TimeError(f"{quoted(asked)} {why}.")
    if why := untimed(asked):
        raise NotATime(f"{quoted(asked)} {why}.")
    try:
        return in_figures(said)
    except Ambiguous as several:
        raise TimeError(f"{quoted(asked)} {several}.") from None


def named_zone(name: str) -> tzinfo:
    """Return the zone for the name that ``str`` gives a zone read here: ``Asia/Kolkata``, ``UTC``,
    ``UTC+05:30``.
    """
    offset = name.removeprefix("UTC")
    return _zone(offset or name, dated=True) if name.startswith("UTC") else ZoneInfo(name)


def quoted(text: str) -> str:
    """Return the typed text in quotes, short and printable."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text[:40])
    return f'"{shown}{"…" if len(text) > 40 else ""}"'


def _span(said: str) -> Span | None:
    said = _in_figures(said)
    if (part := _PART.fullmatch(said)) is not None:
        tenths = int((part[2] or "5").ljust(2, "0"))
        return Span(timedelta(minutes=60 * int(part[1]) + round(60 * tenths / 100)))
    found = _SPAN.fullmatch(said)
    if found is None:
        return None
    weeks, days, hours, part_of_it = (int(found[n] or 0) for n in (1, 2, 3, 4))
    if found[3] and part_of_it > 59:
        right = f"{hours + part_of_it // 60}h{part_of_it % 60}m"
        raise TimeError(f'"{said}" has more than 59 minutes beside its hours; write "{right}".')
    if not any((weeks, days, hours, part_of_it)):
        raise TimeError(f'"{said}" is no time at all; {FORMS}.')
    return Span(timedelta(weeks=weeks, days=days, hours=hours, minutes=part_of_it))


def _in_figures(said: str) -> str:
    """Return a span with figures in place of its words: *the next two hours* is *2 hours*."""
    said = re.sub(r"^(?:the )?next (?=\S+ )", "", said).replace("a couple of ", "2 ")
    if said == "half an hour":
        return "30m"
    said = " ".join(_NUMBERS.get(word, word) for word in said.split())
    found = _HALF_AFTER.fullmatch(said)
    if found is not None:
        return "1h30m" if found[1] == "hour" else "1d12h"
    return said


def _roughly(words: Sequence[str], *, until: bool) -> Time | None:
    """Read a time whose minute is left open; a bare hour counts only after *until*."""
    said = " ".join(words).lower()
    if said in NIGHTS or said in _MORNINGS:
        return Night(said in NIGHTS)
    said = said.removeprefix("this ").removeprefix("the ")
    if (known := _ROUGH.get(_ALSO.get(said, said))) is not None:
        return known
    lead = words[0].lower()
    if (
        lead in NIGHTS
        and (found := _moment(words[2:] if words[1].lower() == "at" else words[1:])) is not None
    ):
        late = found.minute >= 12 * 60
        return replace(found, day="today" if late else "tomorrow", rough=not late or found.day is not None)
    if lead in ("next", "on") and len(words) > 1:
        found = _moment(words[1:])
        return (
            replace(found, rough=True)
            if found is not None and isinstance(found.day, int)
            else _day_alone(words[1:])
        )
    return _of_day(words) or _day_alone(words) or (_bare_hour(words) if until else None)


def _of_day(words: Sequence[str]) -> Moment | None:
    """Read a day with a part of it, or with a bare hour: *Friday evening*, *tomorrow at 9*."""
    day = _day(words[0]) if len(words) > 1 else None
    rest = words[2:] if words[1:2] and words[1].lower() == "at" else words[1:]
    if day is None or len(rest) != 1:
        return None
    if (minute := _PARTS.get(rest[0].lower())) is not None:
        return Moment(minute, day, rough=True)
    hour = _bare_hour(rest) if len(words) == 3 else None
    return None if hour is None else replace(hour, day=day)


def _day_alone(words: Sequence[str]) -> Moment | None:
    day = _day(words[0]) if len(words) == 1 else None
    return Moment(_MORNING, day, rough=True) if isinstance(day, int | date) else None


def _bare_hour(words: Sequence[str]) -> Moment | None:
    """Read *until 22* or *until 2200*."""
    found = _BARE.fullmatch(words[0]) if len(words) == 1 else None
    minute = minutes(f"{found[1]}:{found[2] or '00'}") if found else None
    return None if minute is None else Moment(minute, rough=True)


def _moment(words: Sequence[str]) -> Moment | None:
    dated = _DATED.fullmatch(words[0])
    if dated:
        words = [dated[1], dated[2], *words[1:]]
    day = _day(words[0])
    rest = words if day is None else words[1:]
    if day is not None and rest and rest[0].lower() == "at":
        rest = rest[1:]
    found = _clock(rest, dated=isinstance(day, date))
    if found is None:
        return None
    moment, took = found
    whole = _followed(replace(moment, day=day), rest[took:])
    if whole is not None and whole.day is not None and rest[0].lower() == _MIDNIGHT:
        return replace(whole, rough=True)
    return whole


def _followed(moment: Moment, rest: Sequence[str]) -> Moment | None:
    """Return the moment with the days and zones after it, or ``None`` if anything else follows."""
    while rest:
        if len(rest) > 1 and rest[0].lower() == "on" and _day(rest[1]) is not None:
            rest = rest[1:]
        day = _day(rest[0])
        size = 1 if day is not None else _zone_words(rest)
        if not size:
            return None
        said = " ".join(rest[:size])
        if (moment.day if day is not None else moment.zone) is not None:
            raise TimeError(f"{quoted(said)} is one {'day' if day is not None else 'zone'} too many.")
        if day is not None:
            moment = replace(moment, day=day, followed=True)
        else:
            zone = _zone(said, dated=isinstance(moment.day, date))
            moment = replace(moment, zone=zone, followed=True)
        rest = rest[size:]
    return moment


def _zone_words(words: Sequence[str]) -> int:
    """Return how many of the first words may be meant as a zone."""
    sizes = range(1, min(_ZONE_WORDS, len(words)) + 1)
    return next((n for n in sizes if names_a_zone(" ".join(words[:n])) or _OFFSET.fullmatch(words[0])), 0)


def _zone(said: str, *, dated: bool) -> tzinfo:
    if _OFFSET.fullmatch(said):
        return _offset(said, dated=dated)
    try:
        return ZoneInfo(zone_name(said))
    except ZoneError as wrong:
        raise TimeError(str(wrong)) from None


def _offset(said: str, *, dated: bool) -> tzinfo:
    found = _OFFSET.fullmatch(said)
    if found is None or found[1] is None:
        return UTC
    hours, part = int(found[2]), int(found[3])
    if found[1] == "-" and not dated:
        raise TimeError(
            f"{quoted(said)} after a time may be an offset or a second time; write a zone like Europe/Berlin."
        )
    if part > 59 or 60 * hours + part > 14 * 60:
        raise TimeError(f"{quoted(said)} is not an offset that any clock has; write for example +01:00.")
    span = timedelta(hours=hours, minutes=part)
    return timezone(-span if found[1] == "-" else span) if span else UTC


def _clock(words: Sequence[str], *, dated: bool) -> tuple[Moment, int] | None:
    """Return the minute, with an offset that is attached to it, and how many words both took; seconds count
    only with a date.
    """
    if words and words[0].lower() in _NAMED:
        return Moment(_NAMED[words[0].lower()]), 1
    for size in (2, 1):
        minute = _half("".join(words[:size])) if len(words) >= size else None
        if minute is not None:
            return Moment(minute), size
    found = _CLOCK.fullmatch(words[0]) if words else None
    minute = minutes(found[1]) if found else None
    if found is None or minute is None or (found[2] and not dated):
        return None
    return Moment(minute, zone=_offset(found[3], dated=dated) if found[3] else None), 1


def _half(said: str) -> int | None:
    """Read ``9am``, ``9:30 pm`` or ``9 p.m.``; 12am is midnight, 12pm is noon. ``None`` for other text."""
    found = _HALVES.fullmatch(said.lower())
    if found is None:
        return None
    hour, part = int(found[1]), int(found[2] or 0)
    if not 1 <= hour <= 12 or part > 59:
        return None
    return (hour % 12 + (12 if found[3] == "p" else 0)) * 60 + part


def _day(word: str) -> Day:
    if word.lower() in ("today", "tomorrow"):
        return "today" if word.lower() == "today" else "tomorrow"
    if _DATE.fullmatch(word):
        try:
            return date.fromisoformat(word)
        except ValueError:
            raise TimeError(f"{quoted(word)} is not in the calendar; {FORMS}.") from None
    return weekday(word)
