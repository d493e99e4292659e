"""An instant inside a sentence: its words with the zone, and next to them the instant itself, so that Slack
can draw the instant in each reader's own zone (facts/slack 2.8).

The instant is written in characters that nobody sees and nobody types (from Unicode's last private plane).
Removing those characters, or removing everything invisible, leaves the words. Text from outside may hold such
characters too, so an instant is believed only if the words around it name the same time and zone: a forged
instant can say nothing but what its words say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_FIRST, _BASE, _DIGITS = 0x100000, 0x8000, 3
_OPEN, _CLOSE = chr(_FIRST + _BASE), chr(_FIRST + _BASE + 1)
_DIGIT = f"[{chr(_FIRST)}-{chr(_FIRST + _BASE - 1)}]"
_SIGNS = re.compile(f"[{chr(_FIRST)}-{_CLOSE}]")
_WORDS = r"[\w ,]*?\b(\d\d:\d\d)[\w ]* \(([\w/+-]+)\)"
_MARKED = re.compile(f"{_OPEN}({_DIGIT}{{{_DIGITS}}})({_WORDS}){_CLOSE}")
LATEST = 9_999_999_999
"""Seconds since 1970: the last instant that has ten digits."""


@dataclass(frozen=True)
class Instant:
    """An instant and its words. ``at``: in UTC, whole seconds. ``words``: the same time in words, with the
    zone in brackets at the end.
    """

    at: datetime
    words: str


def marked(instant: datetime, words: str) -> str:
    """Return the words, marked so that an edge can draw them as this instant. Outside the years 1970 to 2286
    they stay plain words.
    """
    seconds = int(instant.timestamp())
    if not 0 <= seconds <= LATEST:
        return words
    digits = (chr(_FIRST + seconds // _BASE**place % _BASE) for place in range(_DIGITS))
    return f"{_OPEN}{''.join(digits)}{words}{_CLOSE}"


def parts(text: str) -> Iterator[str | Instant]:
    """Split the text into instants and the pieces between them, which keep no marks."""
    end = 0
    for found in _MARKED.finditer(text):
        moment = _moment(found)
        if moment is not None:
            yield plain(text[end : found.start()])
            yield moment
            end = found.end()
    yield plain(text[end:])


def plain(text: str) -> str:
    """Return the text with the words of each instant and no marks, for readers of plain text. Never raises,
    even if the text was cut inside an instant.
    """
    return _SIGNS.sub("", text)


def spelled(text: str) -> str:
    """Return the text with each instant replaced by its words and all else unchanged, for what is kept as
    evidence.
    """
    return _MARKED.sub(lambda found: found[2] if _moment(found) else found[0], text)


def _moment(found: re.Match[str]) -> Instant | None:
    seconds = sum((ord(digit) - _FIRST) * _BASE**place for place, digit in enumerate(found[1]))
    if seconds > LATEST:
        return None
    instant = datetime.fromtimestamp(seconds, UTC)
    return Instant(instant, found[2]) if _is_at(instant, clock=found[3], zone=found[4]) else None


def _is_at(instant: datetime, *, clock: str, zone: str) -> bool:
    try:
        return f"{instant.astimezone(ZoneInfo(zone)):%H:%M}" == clock
    except (KeyError, OSError, ValueError):  # the errors for an unknown zone's name
        return False
