"""An instant inside a sentence: its words, with the zone, and the instant itself beside them, so that an edge
may draw it in each reader's own zone (facts/slack 2.8).

The instant is written in signs that nobody sees and nobody types (of Unicode's last private plane). Whoever
takes them away, or takes away whatever cannot be seen, has the words. Text from outside may hold such signs
too, so they are believed only around words that name the very time and zone of their instant: a forged one
says nothing but what stands there.
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
"""Seconds since 1970: the last instant that ten digits say."""


@dataclass(frozen=True)
class Instant:
    """``at``: in UTC, whole seconds. ``words`` say it, and end with their zone in brackets."""

    at: datetime
    words: str


def marked(instant: datetime, words: str) -> str:
    """The words, to be drawn as this instant where that can be. Outside 1970 to 2286 they are but words."""
    seconds = int(instant.timestamp())
    if not 0 <= seconds <= LATEST:
        return words
    digits = (chr(_FIRST + seconds // _BASE**place % _BASE) for place in range(_DIGITS))
    return f"{_OPEN}{''.join(digits)}{words}{_CLOSE}"


def parts(text: str) -> Iterator[str | Instant]:
    """The text in pieces: what is a moment, and what stands between, without any signs left in it."""
    end = 0
    for found in _MARKED.finditer(text):
        moment = _moment(found)
        if moment is not None:
            yield plain(text[end : found.start()])
            yield moment
            end = found.end()
    yield plain(text[end:])


def plain(text: str) -> str:
    """With the words of each moment, and nothing else of it: for whoever reads text alone. Total, also on a
    text that was cut within one."""
    return _SIGNS.sub("", text)


def spelled(text: str) -> str:
    """With the words of each moment in its place and all else as it is: for what is kept as evidence."""
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
    except (KeyError, OSError, ValueError):  # what the database of zones says to a name that it does not have
        return False
