"""A schedule as people say it, rewritten in the notation: ``weekdays 8am-8pm`` is ``Mon-Fri 08:00-20:00``.

Only what somebody types is read so, and only where the notation does not read it as it stands; what comes of
it is shown before it is set. Files are in the notation. A rewriting adds nothing: what it does not know stays
as it is, and the notation says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from policies.times.wall import DAY, clock, minutes, weekday
from policies.times.zones import ZoneError, zone_name

_QUOTES = str.maketrans(dict.fromkeys("\"'“”„‟‘’‚‛«»"))
_DAYS = (
    (re.compile(r"\b(?:every ?day|daily|all week|each day|(?:7 )?days a week)\b", re.I), "Mon-Sun"),
    (re.compile(r"\b(?:week ?days?|work(?:ing)? ?days?|business days?)\b", re.I), "Mon-Fri"),
    (re.compile(r"\b(?:week ?ends?)\b", re.I), "Sat-Sun"),
)
_SMALL = re.compile(r"\b(?:from|between|on|the|only|please|every|each|o'?clock|hours?|uhr)\b", re.I)
_WORD_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?)?"
_DAY_RUN = re.compile(rf"\b({_WORD_DAY})\s*(?:to|till|until|through|thru|-)\s*({_WORD_DAY})\b", re.I)
_DAY = re.compile(rf"\b{_WORD_DAY}\b", re.I)
_AND_DAYS = re.compile(r"\b([A-Z][a-z]{2})\s*(?:and|&)\s*([A-Z][a-z]{2})\b")
_TIME = (
    r"(?:[0-9]{1,2}:[0-9]{2}|[0-9]{1,2}(?::?[0-9]{2})?\s*[ap]\.?m\b\.?|[0-9]{4}|[0-9]{1,2}"
    r"|noon|midday|midnight)"
)
_EDGE = r"(?<![\w#:/-])"
_WINDOW = re.compile(rf"{_EDGE}({_TIME})\s*(?:-|to|till|until|and)\s*({_TIME})(?![\w:/-])", re.I)
_SIDE = re.compile(rf"\b(start|stop)(\s+at)?\s+({_TIME})(?![\w:/-])", re.I)
_HALF = re.compile(r"([0-9]{1,2})(?::?([0-9]{2}))?\s*([ap])\.?m\.?", re.I)
_NAMED = {"noon": 12 * 60, "midday": 12 * 60}
_ZONE_WORDS = 3
_NOON = 12 * 60


def spoken(text: str) -> str:
    """The text in the notation, as far as it is known, with the zone at its end."""
    said, off, excepted = text.translate(_QUOTES).partition(" except ")
    said, zone = _zone_apart(said.split())
    for found, days in _DAYS:
        said = found.sub(days, said)
    said = _SMALL.sub(" ", said)
    said = _DAY_RUN.sub(lambda m: f"{_short(m[1])}-{_short(m[2])}", said)
    said = _DAY.sub(lambda m: _short(m[0]), said)
    said = _AND_DAYS.sub(r"\1,\2", said)
    if all(len(_WINDOW.findall(item)) < 2 for item in said.split(",")):  # *1-7 8-20* may be days of the month
        said = _WINDOW.sub(_window, said)
    said = _SIDE.sub(_side, said)
    said = ",".join(_hours_last(item.split()) for item in said.split(","))
    return " ".join(f"{said} {zone}{off}{excepted}".split())


def with_zone(text: str, zone: str) -> str:
    """The text with that zone, if it names none."""
    said, off, excepted = text.partition(" except ")
    return f"{said} {zone}{off}{excepted}"


def _zone_apart(words: Sequence[str]) -> tuple[str, str]:
    """A full name of one word or of several (*America/Sao Paulo*), wherever it stands."""
    for size in range(_ZONE_WORDS, 0, -1):
        for n in range(len(words) - size + 1):
            name = "_".join(words[n : n + size])
            if "/" in name or name.upper() == "UTC":
                try:
                    return " ".join([*words[:n], *words[n + size :]]), zone_name(name)
                except ZoneError:
                    continue
    return " ".join(words), ""


def _short(day: str) -> str:
    found = weekday(day[:3])
    return day[:3].title() if found is not None else day


def _window(found: re.Match[str]) -> str:
    first, last = _minute(found[1]), _minute(found[2], end=True)
    if first is None or last is None:
        return found[0]
    if last <= first <= _NOON and found[1].isdigit() and found[2].isdigit() and last <= _NOON:
        last += _NOON  # 9-5
    return f"{clock(first)}-{clock(last)}"


def _side(found: re.Match[str]) -> str:
    minute = _minute(found[3], end=found[1].lower() == "stop")
    return found[0] if minute is None else f"{found[1].lower()} {clock(minute)}"


def _minute(text: str, *, end: bool = False) -> int | None:
    said = text.strip().lower()
    if said in _NAMED:
        return _NAMED[said]
    if said == "midnight":
        return DAY if end else 0
    half = _HALF.fullmatch(said)
    if half is not None:
        hour, part = int(half[1]), int(half[2] or 0)
        return (hour % 12 + 12 * (half[3] == "p")) * 60 + part if 1 <= hour <= 12 and part < 60 else None
    digits = said.replace(":", "")
    return minutes(f"{digits[:-2]}:{digits[-2:]}" if len(digits) > 2 else f"{digits}:00")


def _hours_last(words: list[str]) -> str:
    """*08:00-20:00 Mon-Fri* the other way round."""
    if len(words) == 2 and re.fullmatch(r"[0-9:]+-[0-9:]+", words[0]) and words[1][:1].isalpha():
        words = words[::-1]
    return " ".join(words) + ("" if words else " ")
