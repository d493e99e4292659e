"""Which lines of what was read are shown. Whole lines are redacted, each with those before it in its stream,
before anything is looked for in them or cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from policies.secrets.shapes import MARK
from policies.secrets.streams import redact_stream

LINES = 25
"""The most lines of one answer."""
ROOM = 1_880
"""The most characters of one answer, without the lines' times and days: what a message shows of a log has
2,200."""
LONGEST_LINE = 300
CONTEXT = 20
"""How many lines before a line in its stream are enough to know whether it holds a part of a secret."""
_BEGAN, _ONE = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_BETWEEN = re.compile(r"([0-9]{1,14})-([0-9]{1,14})-([0-9]{1,6})")
APART = timedelta(seconds=10)
"""Lines of one stream that are further apart belong to different texts."""
SPLIT = timedelta(seconds=1)
"""A line that the log driver cuts in two has both halves within this time."""


@dataclass(frozen=True)
class Event:
    """A line as CloudWatch has it. ``at`` has milliseconds. ``id``: CloudWatch's own; empty where nothing
    gives one.
    """

    at: datetime
    stream: str
    text: str
    id: str = field(default="", compare=False)


@dataclass(frozen=True)
class Cut:
    """Where an older page ends: no line after ``at``, and without ``seen`` lines of exactly that instant,
    which a newer page had.
    """

    at: datetime
    seen: int = 0


@dataclass(frozen=True)
class Between:
    """A stretch of a log, from ``since`` up to ``cut``. As text it has whole milliseconds since 1970."""

    since: datetime
    cut: Cut

    @property
    def text(self) -> str:
        first, last = (self.since - _BEGAN) // _ONE, -((_BEGAN - self.cut.at) // _ONE)
        return f"{first}-{last}-{self.cut.seen}"


def between(text: str) -> Between:
    """Read such a text. Raises ``ValueError``, with a sentence, on any other."""
    found = _BETWEEN.fullmatch(text)
    if found is None:
        raise ValueError("That is no stretch of a log.")
    first, last, seen = (int(part) for part in found.groups())
    return Between(_BEGAN + first * _ONE, Cut(_BEGAN + last * _ONE, seen))


@dataclass(frozen=True)
class Line:
    at: datetime
    stream: str
    text: str


@dataclass(frozen=True)
class Wanted:
    """Which lines are wanted: not before ``since`` and not after ``cut``."""

    since: datetime
    cut: Cut
    matches: Callable[[str], bool] = lambda _: True


@dataclass(frozen=True)
class Page:
    """``lines``: oldest first. ``looked_at``: how many lines were looked through. ``older``: where to go on;
    ``None`` if there is nothing older. ``since``: the oldest instant that was looked at.
    """

    lines: tuple[Line, ...] = ()
    looked_at: int = 0
    older: Cut | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Seen:
    """An event with what may be shown of it: ``None`` if it has become part of another line. ``known``:
    enough is known of the lines before.
    """

    at: datetime
    stream: str
    text: str | None
    known: bool


def page(events: Sequence[Event], wanted: Wanted, *, whole: bool) -> Page:
    """Choose the newest lines that fit. ``events``: oldest first, and at least ``APART`` from before
    ``wanted.since`` on if ``whole``: everything up to the cut was read.
    """
    seen = _without_seen([e for e in redacted(events, whole=whole) if e.at <= wanted.cut.at], wanted.cut)
    newest = [e for e in reversed(seen) if e.at >= wanted.since]
    taken, shown, room = 0, list[Line](), ROOM
    for each in newest:
        if not each.known and taken:
            break
        whole_text = each.text if each.known else MARK
        said = cut_short(whole_text)
        if said is not None and wanted.matches(whole_text or ""):
            room -= len(said) + 1
            if len(shown) == LINES or (shown and room < 0):
                break
            shown.append(Line(each.at, each.stream, said))
        taken += 1
    more = taken < len(newest) or not whole
    last = newest[taken - 1].at if taken else None
    cut = _next(newest[:taken], wanted.cut) if more and taken else None
    if more and not taken and events:
        cut = Cut(events[0].at) if wanted.since <= events[0].at < wanted.cut.at else None
    return Page(tuple(reversed(shown)), taken, cut, last)


def redacted(events: Sequence[Event], *, whole: bool) -> list[Seen]:
    """Redact the events, oldest first, each with its neighbours in the same stream. ``whole``: everything up
    to them was read.
    """
    streams: dict[str, list[int]] = {}
    for at, event in enumerate(events):
        streams.setdefault(event.stream, []).append(at)
    said: dict[int, Seen] = {}
    oldest = events[0].at if events else None
    for places in streams.values():
        later = {
            number
            for number, (one, other) in enumerate(pairwise(places), 1)
            if events[other].at - events[one].at > SPLIT
        }
        texts = redact_stream([events[at].text for at in places], apart=later)
        for number, (at, text) in enumerate(zip(places, texts, strict=True)):
            event = events[at]
            known = whole or number >= CONTEXT or (oldest is not None and event.at - oldest >= APART)
            said[at] = Seen(event.at, event.stream, text, known)
    return [said[at] for at in range(len(events))]


def _without_seen(events: list[Seen], cut: Cut) -> list[Seen]:
    """Drop from the end the lines of the cut's instant that a newer page had."""
    left = cut.seen
    while left and events and events[-1].at == cut.at:
        events = events[:-1]
        left -= 1
    return events


def _next(taken: Sequence[Seen], before: Cut) -> Cut:
    """Return the cut after these events, newest first."""
    at = taken[-1].at
    count = sum(e.at == at for e in taken)
    return Cut(at, count + (before.seen if before.at == at else 0))


def cut_short(text: str | None) -> str | None:
    if text is None or len(text) <= LONGEST_LINE:
        return text
    return f"{text[: LONGEST_LINE - 1]}…"


def by_time(groups: Mapping[int, Sequence[Event]]) -> list[Event]:
    """Return the events of several groups, oldest first; of one instant, in the order of the groups."""
    every = [(event.at, number, at) for number, events in groups.items() for at, event in enumerate(events)]
    return [groups[number][at] for _, number, at in sorted(every)]
