"""Times as a clock's face says them, and words that only sound like a time.

::

    face = ("half" | ["a"] "quarter" | number ["minutes"]) "past" hour       half past 10 pm, ten past 22
         | (["a"] "quarter" | number "minutes") "to" hour                    quarter to six pm
         | hour "o'clock"                                                    ten o'clock in the evening
    hour = (0 … 24 | one … twelve) ["am" | "pm" | "in the morning" | "in the evening" | …] | noon | midnight

An hour up to 12 that says neither morning nor evening may be two times, so it is refused with both. *Ten to
six* may be a span as well, and is no face.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_FIRST = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_HOURS = {word: n for n, word in enumerate(_FIRST, 1)}
_NAMED = {"noon": 12, "midday": 12, "midnight": 24}
_MINUTES = {"five": 5, "ten": 10, "twenty": 20}
_OCLOCK = ("o'clock", "o’clock", "oclock")
_AM = {hour: hour % 12 for hour in range(1, 13)}
_PM = {hour: hour % 12 + 12 for hour in range(1, 13)}
_HALVES = {
    ("am",): _AM,
    ("a.m.",): _AM,
    ("pm",): _PM,
    ("p.m.",): _PM,
    ("in", "the", "morning"): {hour: hour for hour in range(1, 12)},
    ("in", "the", "afternoon"): {12: 12} | {hour: hour + 12 for hour in range(1, 8)},
    ("in", "the", "evening"): {hour: hour + 12 for hour in range(4, 12)},
    ("at", "night"): {hour: hour if hour < 6 else hour + 12 for hour in range(1, 13)},
}
"""The hours that go with each part of the day, as hours since midnight. *Eleven in the afternoon* is none,
and *two at night* is before the morning.
"""
_HOUR = re.compile(r"([0-9]{1,2})((?:a|p)\.?m\.?)?")
_DAY = 24 * 60
_COUNT = r"(?:an?|[0-9.,]+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|half an|a couple of)"
_UNIT = r"(?:w|d|h|m|hrs?|mins?|hours?|minutes?|days?|weeks?)"
_SPAN = rf"(?:{_COUNT} ?{_UNIT}(?: ?[0-9]+ ?{_UNIT})?)"
_MORE = re.compile(
    rf"another (?P<bare>{_UNIT})|another (?P<next>{_SPAN})|an? (?:additional|extra|further) (?P<one>{_UNIT})"
    rf"|(?P<count>{_COUNT}) (?:more|additional|extra|further) (?P<unit>{_UNIT})"
    rf"|(?P<span>{_SPAN}) (?:longer|more|extra)"
)
_HOURS_OF_ALL = 'names no certain hours; write their end, like "17:00", or set a schedule'
_ENDLESS = (
    'has no end, and every keep ends by itself; write one, like "4h" or "Mon 08:00", or change the schedule'
)
_NO_TIME = {
    "breakfast brunch lunch lunchtime dinner supper": 'names no certain time; write one, like "13:00"',
    "office_hours working_hours business_hours": _HOURS_OF_ALL,
    "forever for_ever good indefinitely further_notice always": _ENDLESS,
    "later soon a_while a_bit some_time a_moment": 'names no time; write one, like "2h" or "23:00"',
}
"""What words mean that sound like a time, and what to write instead."""


class Ambiguous(ValueError):
    """The words may be several times. The message says which, and what to write; it begins with the verb."""


def in_figures(words: Sequence[str]) -> list[str]:
    """Return the words with the first face of a clock in figures: *half past 10 pm* is *22:30*. Raises
    ``Ambiguous`` where the face may be two times.
    """
    low = [word.lower() for word in words]
    for n, word in enumerate(low):
        if word in _OCLOCK and n:
            begin, past, hour_at, after = n - 1, 0, n - 1, n + 1
        elif word in ("past", "to") and (part := _part(low[:n], word)) is not None:
            (begin, past), hour_at, after = part, n + 1, n + 2
        else:
            continue
        meant, end = _minutes(low, hour_at, past, after)
        texts = [[*words[:begin], _clock(minute), *words[end:]] for minute in meant]
        if len(texts) == 1:
            return texts[0]
        if texts:
            write = " or ".join(f'"{" ".join(text)}"' for text in texts)
            raise Ambiguous(f"may be two times; write {write}")
    return list(words)


def _part(before: Sequence[str], side: str) -> tuple[int, int] | None:
    """Return where the part of an hour begins, and its minutes, fewer than none before the hour."""
    if not before:
        return None
    begin, named = len(before) - 1, True
    match before[-1]:
        case "half":
            count = 30 if side == "past" else 0
        case "quarter":
            count = 15
            begin -= before[-2:-1] == ["a"]
        case "minutes" | "min" | "mins" if begin:
            begin -= 1
            count = _counted(before[begin])
        case other:
            count, named = _counted(other), side == "past"
    if not 0 < count < 60 or not named:
        return None
    return begin, count if side == "past" else -count


def _counted(word: str) -> int:
    return int(word) if re.fullmatch("[0-9]{1,2}", word) else _MINUTES.get(word, 0)


def _minutes(low: Sequence[str], at: int, past: int, after: int) -> tuple[Sequence[int], int]:
    """Return the minutes of the day that may be meant, and where the words after the hour begin; no minute if
    this is no face.
    """
    word = low[at] if at < len(low) else ""
    if word in _NAMED:
        minute = _NAMED[word] * 60 + past
        return [minute] if minute <= _DAY else [], after
    figures = _HOUR.fullmatch(word)
    hour = int(figures[1]) if figures else _HOURS.get(word, _DAY)
    half = figures[2].replace(".", "") if figures and figures[2] else ""
    said = next((each for each in _HALVES if tuple(low[after : after + len(each)]) == each), ())
    hours = _HALVES[(half,)] if half else _HALVES.get(said)
    end = after + len(said)
    if hours is not None:
        return [_within_a_day(hours[hour] * 60 + past)] if hour in hours else [], end
    minute = hour * 60 + past
    if 1 <= hour <= 12:
        return [minute, (minute + _DAY // 2) % _DAY], end
    return [minute] if figures and 0 <= minute <= _DAY else [], end


def _within_a_day(minute: int) -> int:
    return minute if minute == _DAY else minute % _DAY


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def counted(said: str) -> str:
    """Say that a span may count from now or from an end, and what to write; empty for any other text."""
    more = _MORE.fullmatch(said.lower().removeprefix("the "))
    if more is None:
        return ""
    unit = more["bare"] or more["one"]
    span = more["next"] or more["span"] or (f"1 {unit}" if unit else f"{more['count']} {more['unit']}")
    return (
        f'may count from now, or from when it would end; write "{span}" to count from now, or the end '
        'itself, like "until 23:00"'
    )


def untimed(said: str) -> str:
    """Say what is wrong with words that only sound like a time, and what to write; empty for other text."""
    low = said.lower().removeprefix("the ")
    bare = re.sub(r"^(?:during|after|before|over|through) ", "", low).replace(" ", "_")
    return next((told for names, told in _NO_TIME.items() if bare in names.split()), "")
