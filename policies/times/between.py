"""A span between two times to come, as people say it: when something is to begin, and when it is to end.

::

    between = ["from"] moment ("-" | "–" | "—" | "to" | "until" | "till") moment
            | day ["from"] clock "-" clock              Tue 06:30-09:00, tomorrow 6-9am, sat 22:00-02:00
            | ["from"] moment "for" span                Tue 06:30 for 2h

Moments, spans, days, clocks and zones are those of ``policies.times.reading``. A day or a zone at the end
belongs to the beginning too. An end without a day of its own is the first such time after the beginning, so
it may be past midnight. A length is elapsed time from the beginning. With a ``T`` a minus begins an offset
(``2026-12-24T18:00-05:00``), which is no span.

Where clocks change, a beginning in the skipped hour is the first instant after it, one in the repeated hour
is the first of the two, and an end there is the second, so that nothing is cut short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from policies.times.instants import LONGEST, QUOTES, found, next_after
from policies.times.reading import Moment, NotATime, Span, TimeError, quoted, read
from policies.times.wall import earliest

_TEXT = 160
"""In characters: two times, each of at most eighty."""
_CUT = re.compile(r"\s*[–—]\s*|\s+-\s+|\s+(?:to|until|till)\s+", re.IGNORECASE)
_FOR = re.compile(r"\s+for\s+", re.IGNORECASE)
_DASH = re.compile(r"(?<=[0-9mMn])-(?=[0-9nm])")
"""A dash between two clocks (*06:30-09:00*, *9am-noon*), which is in no date: a date has two."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{5,8}(?:Z|[+-][0-9]{2}:?[0-9]{2})?", re.IGNORECASE)
_HALF = re.compile(r"(?P<hour>[0-9]{1,2})(?::[0-9]{2})?\s?(?P<half>[ap])\.?m\.?(?:\s|$)", re.IGNORECASE)
_OTHER = {"a": "p", "p": "a"}
_A_WEEK = timedelta(days=7)
_A_DAY = 24 * 60
"""In minutes."""
_MOST_SKIPPED = timedelta(hours=3)
"""No zone changes its clocks by more."""


@dataclass(frozen=True)
class Between:
    """A text that is a span of two times. Which instants it means depends on when and where it is typed."""

    text: str
    begins: Moment
    ends: Moment | Span
    """A length counts from the beginning."""

    @property
    def zone(self) -> str:
        """The zone that was typed; empty if none was."""
        return str(self.begins.zone or "")

    @property
    def rough(self) -> bool:
        """Whether the text leaves a minute or the day open; then the bot shows how it read the span before it
        does anything. Without a day the second time may also be an offset.
        """
        return self.begins.rough or self.ends.rough or self.begins.day is None

    def runs(self, now: datetime, zone: tzinfo) -> bool:
        """Whether the same span a week earlier has begun and not ended: *Tue 06:30-09:00* on a
        Tuesday at 07:00 may mean today.
        """
        if not isinstance(self.begins.day, int):
            return False
        begins, ends = self.at(now, zone)
        return begins - _A_WEEK <= now < ends - _A_WEEK

    def at(self, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
        """Return both instants, in UTC: the beginning after ``now``, the end after the beginning and within
        ``LONGEST`` of ``now``. Raises ``TimeError``, with a sentence.
        """
        begins = found(self.begins, now.astimezone(UTC), zone, wall=earliest)
        if begins <= now:
            raise TimeError(f'{quoted(self.text)} has begun; write until when, for example "until 23:00".')
        if isinstance(self.ends, Span) or self.ends.day is not None:
            ends = found(self.ends, begins, zone)
        else:
            ends = next_after(begins, self.ends.minute, self.ends.zone or zone)
        if ends <= begins:
            raise TimeError(f"{quoted(self.text)} ends before it begins.")
        if self._misses(begins, ends):
            said = f"{quoted(self.text)} lies within an hour that the clocks skip that day"
            raise TimeError(f"{said}; write times before or after it.")
        if ends - now.astimezone(UTC) > LONGEST:
            raise TimeError(f"{quoted(self.text)} is more than {LONGEST.days} days away.")
        return begins, ends

    def _misses(self, begins: datetime, ends: datetime) -> bool:
        """Whether the first such end after the beginning is a day late, because clocks skip the right one."""
        if isinstance(self.ends, Span) or self.ends.day is not None or self.ends.zone != self.begins.zone:
            return False
        minutes = (self.ends.minute - self.begins.minute) % _A_DAY or _A_DAY
        return ends - begins > timedelta(minutes=minutes) + _MOST_SKIPPED


def between(text: str) -> Between | None:
    """Read a text as a span of two times; ``None`` if it is none.

    Raises ``TimeError``, with a sentence, for a span that is nearly one.
    """
    said = " ".join(text.strip().strip(QUOTES).split())
    if not said or len(said) > _TEXT:
        return None
    if (lasting := _lasting(said)) is not None:
        return lasting
    parts = _parts(said)
    if parts is None:
        return None
    first, last = parts
    begins = _moment(*_halved(first, last, first=True))
    ends = None if begins is None else _moment(*_halved(last, first, first=False))
    return None if begins is None or ends is None else Between(said, *_shared(begins, ends))


def _lasting(said: str) -> Between | None:
    """Read a beginning and a length."""
    sides = _FOR.split(_after_from(said))
    if len(sides) != 2 or sides[0].split(" ", 1)[0].lower() in ("until", "till", "in"):
        return None
    begins = _moment(*_halved(sides[0], sides[1], first=True))
    length = _length(sides[1]) if begins else None
    return Between(said, begins, length) if begins and length else None


def _length(said: str) -> Span | None:
    try:
        length = read(said)
    except NotATime:
        return None
    return length if isinstance(length, Span) and not length.rough else None


def _after_from(said: str) -> str:
    lead, _, rest = said.partition(" ")
    return rest if rest and lead.lower() == "from" else said


def _parts(said: str) -> tuple[str, str] | None:
    """Return the text of the beginning and of the end."""
    words = _after_from(said)
    if words.split(" ", 1)[0].lower() in ("until", "till", "for", "in"):
        return None
    cuts = list(_CUT.finditer(words))
    if len(cuts) == 1:
        return _sides(words[: cuts[0].start()], words[cuts[0].end() :])
    if cuts:
        return None
    if _DATED.search(words):
        return None
    spans = [m.span() for m in _DATE.finditer(words)]
    dashes = [m for m in _DASH.finditer(words) if not any(a <= m.start() < b for a, b in spans)]
    if len(dashes) != 1:
        return None
    return _sides(words[: dashes[0].start()], words[dashes[0].end() :])


def _sides(first: str, last: str) -> tuple[str, str]:
    """Take *from* out of *Tue from 06:30*."""
    return re.sub(r"\bfrom\s+", "", first.strip(), flags=re.IGNORECASE), last.strip()


def _halved(said: str, other: str, *, first: bool) -> tuple[str, bool]:
    """Complete a bare hour by the other side: *6-9am* begins at 06:00, *11-2pm* at 11:00, *10pm-2* ends at
    02:00. Return the text and whether it was completed.
    """
    head, hour, rest = _bare(said)
    if not hour:
        return said, False
    half = _HALF.search(other)
    if half is None:
        return f"{head}{hour}:00{rest}", True
    mine, theirs = int(hour) % 12, int(half["hour"]) % 12
    turned = mine > theirs if first else theirs > mine
    letter = half["half"].lower()
    return f"{head}{hour}{_OTHER[letter] if turned else letter}m{rest}", True


def _bare(said: str) -> tuple[str, str, str]:
    """Return what comes before a bare hour, the hour, and what comes after it; no hour if there is none."""
    words = said.split(" ")
    for place, word in enumerate(words):
        if re.fullmatch(r"[0-9]{1,2}", word) and not _half_follows(words, place):
            head, rest = " ".join(words[:place]), " ".join(words[place + 1 :])
            return (f"{head} " if head else ""), word, (f" {rest}" if rest else "")
    return said, "", ""


def _half_follows(words: list[str], place: int) -> bool:
    """Whether *am* or *pm* is the next word: *9 am*."""
    return (
        place + 1 < len(words) and re.fullmatch(r"[ap]\.?m\.?", words[place + 1], re.IGNORECASE) is not None
    )


def _moment(said: str, completed: bool) -> Moment | None:
    try:
        time = read(said)
    except NotATime:
        return None
    return replace(time, rough=time.rough or completed) if isinstance(time, Moment) else None


def _shared(begins: Moment, ends: Moment) -> tuple[Moment, Moment]:
    """A day or a zone that follows both times belongs to both; a second day there may be meant otherwise."""
    zone, after = begins.zone or ends.zone, ends.day is not None and ends.followed
    if after and begins.day is None:
        begins, ends = replace(begins, day=ends.day), replace(ends, day=None)
    elif after:
        ends = replace(ends, rough=True)
    return replace(begins, zone=zone), replace(ends, zone=ends.zone or zone)
