"""Which lines of a growing log are new, look by look: each once, however the looks cut the log.

CloudWatch takes lines in late, each with the time at which it was written: the driver ``awslogs`` sends them
in batches. So every look reads a while back, and knows by their ids the lines that were shown already. A line
may hold a part of a secret that only the next line gives away, so the newest lines wait for a moment.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2s

from policies.logs.lines import APART, LINES, ROOM, SPLIT, Event, Line, Seen, cut_short, redacted

LONGEST = timedelta(minutes=5)
"""How long a log is followed."""
OVERLAP = timedelta(seconds=30)
"""How late a line may come in and still be shown: several times as long as drivers keep a batch."""
HOLD = timedelta(seconds=8)
"""How long a line waits for the line after it. A line that is cut in two has its second half within
``SPLIT``, which may come in with the next batch, five seconds later.
"""
MOST_KNOWN = 1_000
"""How many lines one follower knows by their ids: the row that holds them is written every few seconds."""
_TINY = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Tail:
    """How far one stream was read: whatever is older than ``floor`` is done with, and of what is not the
    lines ``known``, by a digest of their ids, each with its instant.
    """

    floor: datetime
    known: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def reached(self) -> datetime:
        return max(self.known.values(), default=self.floor)

    def moved(self, more: Mapping[str, datetime], floor: datetime, most: int) -> Tail:
        """Return the tail with more lines known, without those that are too old to come again. If there are
        more than ``most``, the floor rises over the oldest.
        """
        known, floor = {**self.known, **more}, max(self.floor, floor)
        if len(known) > most:
            floor = max(floor, sorted(known.values())[-most - 1] + _TINY)
        return Tail(floor, {name: at for name, at in known.items() if at >= floor})


Tails = Mapping[str, Tail]
"""By stream. A stream without one has not been heard yet."""


@dataclass(frozen=True)
class Look:
    """What one look at some streams found. ``seen``: the lines that can be judged now, oldest first, each
    with its event. ``since``: the oldest instant from which on all lines were read; ``None`` if no line can
    be judged. ``unjudged``: of each stream the newest line of which too little is known, because what stands
    before it was not read.
    """

    seen: tuple[tuple[Event, Seen], ...]
    since: datetime | None
    unjudged: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """What a bounded block shows: the newest ``lines``, and how many there were ``earlier``. ``skipped``:
    more was written than could be read, so that some lines are in neither.
    """

    lines: tuple[Line, ...] = ()
    earlier: int = 0
    skipped: bool = False

    @property
    def count(self) -> int:
        return len(self.lines) + self.earlier


def since(tails: Tails, streams: Collection[str], begin: datetime) -> datetime:
    """Return the instant from which on these streams have to be read."""
    floors = [tails[stream].floor if stream in tails else begin for stream in streams]
    return min(floors, default=begin) - APART


def look(events: Sequence[Event], asked: datetime, now: datetime, *, whole: bool) -> Look:
    """Redact what was read and leave out what cannot be judged yet. ``events``: oldest first. ``whole``:
    everything from ``asked`` on was read; otherwise only the newest was.
    """
    last: dict[str, datetime] = {}
    for event in events:
        last[event.stream] = event.at
    both = list(zip(events, redacted(events, whole=whole), strict=True))
    known = [(event, seen) for event, seen in both if seen.known]
    oldest = known[0][0].at if known else None
    unjudged = {event.stream: event.at for event, seen in both if not seen.known}
    ready = (
        (event, seen)
        for event, seen in known
        if last[event.stream] - event.at > SPLIT or now - event.at >= HOLD
    )
    return Look(tuple(ready), asked if whole else oldest, unjudged)


@dataclass(frozen=True)
class New:
    """``lines``: what is new, in the order in which it was written. ``gap``: lines may be missing before."""

    tails: Tails
    seen: tuple[Seen, ...]
    gap: bool = False


def new(tails: Tails, found: Look, streams: Collection[str], begin: datetime, until: datetime) -> New:
    """Find what a follower of these streams, all of which were looked at, has not been shown: from ``begin``
    up to ``until``.
    """
    mine = {stream: tails.get(stream, Tail(begin)) for stream in streams}
    fresh: dict[str, dict[str, datetime]] = {stream: {} for stream in mine}
    seen: list[Seen] = []
    for event, line in found.seen:
        tail, name = mine.get(event.stream), digest(event.id)
        if tail is None or not tail.floor <= event.at <= until or name in tail.known:
            continue
        fresh[event.stream][name] = event.at
        seen.append(line)
    reached = max((tail.reached for tail in mine.values()), default=begin)
    unread = found.since is None or found.since > reached
    unjudged = any(at > mine[s].reached for s, at in found.unjudged.items() if s in mine)
    floor = max((event.at for event, _ in found.seen), default=begin) - OVERLAP
    if unread and found.since is not None:
        floor = max(floor, found.since)
    most = max(1, MOST_KNOWN // max(1, len(mine)))
    moved = {s: mine[s].moved(fresh[s], floor, most) for s in mine}
    return New({**tails, **moved}, tuple(seen), unread or unjudged)


def shown(before: Shown, found: Sequence[Seen], *, gap: bool = False) -> Shown:
    """Add lines to a block that holds the newest of them."""
    lines = [*before.lines, *(Line(s.at, s.stream, cut_short(s.text) or "") for s in found)]
    room, kept = ROOM, 0
    for line in reversed(lines):
        room -= len(line.text) + 1
        if kept == LINES or (kept and room < 0):
            break
        kept += 1
    left = len(lines) - kept
    return Shown(tuple(lines[left:]), before.earlier + left, before.skipped or gap)


def digest(id_: str) -> str:
    """Shorten an id: CloudWatch's have 56 digits."""
    return blake2s(id_.encode(), digest_size=6).hexdigest()
