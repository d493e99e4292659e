"""What somebody asks of logs, in words: ``since 30m grep "connection refused" container envoy``.

The three parts may stand in any order, each at most once. A time may also stand alone (*30m*) or after *last*
or *for*, but not after an unquoted text. A text of several words to look for is quoted. The grammar is
closed: anything else is refused with a sentence, and never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from policies.times.instants import QUOTES
from policies.times.reading import Moment, NotATime, Span, TimeError, quoted, read
from policies.times.wall import earliest

FORMS = 'write for example `since 30m grep "connection refused" container web`'
TIMES = 'write "30m", "2h", "3pm", "14:30" or "Mon 08:00"'
LONGEST = timedelta(days=7)
"""How far back logs are looked through."""
USUAL = timedelta(minutes=30)
LONGEST_TEXT = 100
_WORD = re.compile(r"""(?:"[^"]*"|'[^']*'|“[^”]*”|\S)+""")
_TIMES = ("since", "from", "for", "last", "past")
"""The words before a time. The time may also stand without one, unless it may be a part of a text."""
_FOLLOW = ("-f", "--follow", "follow")
_CONTAINER = re.compile(r"[A-Za-z0-9_-]{1,255}")


class LogsError(ValueError):
    """A text asks nothing of logs; the message is a sentence fit for a channel."""


@dataclass(frozen=True)
class LogsAsked:
    """``since`` is a time as typed, empty if none was. ``grep``: a text that each line must hold, whatever
    its case.
    """

    since: str = ""
    grep: str = ""
    container: str = ""

    def begins(self, now: datetime, zone: tzinfo) -> datetime:
        """Return the instant from which on lines are wanted. Raises ``LogsError``."""
        return past(self.since, now, zone) if self.since else now - USUAL

    def matches(self, line: str) -> bool:
        return self.grep.casefold() in line.casefold()

    @property
    def text(self) -> str:
        """The same as somebody would type it."""
        said = [f"since {self.since}"] if self.since else []
        said += [f'grep "{self.grep}"'] if self.grep else []
        return " ".join([*said, *([f"container {self.container}"] if self.container else [])])


def logs_asked(text: str) -> LogsAsked:
    """Read what is asked of logs. Raises ``LogsError``, with a sentence."""
    asked, words = LogsAsked(), _WORD.findall(text)
    taken: set[str] = set()
    while words:
        part = _part(words, taken)
        if part in taken:
            raise LogsError(f"`{part}` is written twice; {FORMS}.")
        taken.add(part)
        match part:
            case "since":
                asked, words = _since(asked, words)
            case "grep":
                asked, words = replace(asked, grep=_grep(words)), words[1:]
            case "container":
                asked, words = replace(asked, container=_container(words)), words[1:]
            case _:
                raise _not_understood(part, words, asked)
    return asked


def _part(words: list[str], taken: set[str]) -> str:
    """Take the word that says which part follows. A time that stands alone is *since* that time."""
    part = words[0].lower()
    if part.lstrip("-") in ("grep", "container", *_TIMES):
        words.pop(0)
        part = part.lstrip("-")
        return "since" if part in _TIMES else part
    if "grep" not in taken and _is_time(" ".join(words[: _end(words)])):
        return "since"
    return words.pop(0)


def _not_understood(word: str, words: list[str], asked: LogsAsked) -> LogsError:
    """Return what to write instead of a word; ``words`` follow it."""
    if word.lower() in _FOLLOW:
        return LogsError(f"`{word}` is a command of its own here: type `follow` in place of `logs`.")
    if not asked.grep:
        return LogsError(f"{quoted(word)} is not understood; {FORMS}.")
    rest = " ".join([word, *words[: _end(words, *_TIMES)]]).strip(QUOTES)
    whole = f"{asked.grep} {rest}"[:LONGEST_TEXT].replace('"', "'")
    time = f", and write `since {rest}` if it is a time" if _is_time(rest) else ""
    return LogsError(f'Quote a text of several words: `grep "{whole}"`{time}.')


def past(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Return the latest instant before now that a time means. Raises ``LogsError``."""
    found = _time(text)
    instant = now - found.length if isinstance(found, Span) else _before(found, now, found.zone or zone)
    if now - instant > LONGEST:
        raise LogsError(f"Logs are searched at most {LONGEST.days} days back; {quoted(text)} is longer.")
    return instant


def _since(asked: LogsAsked, words: list[str]) -> tuple[LogsAsked, list[str]]:
    """Take the words up to the next part for a time."""
    end = _end(words)
    said = _length(words[:end]).strip(QUOTES)
    if not said:
        raise LogsError(f"`since` needs a time; {TIMES}.")
    _time(said)
    return replace(asked, since=said), words[end:]


def _end(words: list[str], *also: str) -> int:
    """Return where the next part begins: at *grep*, *container*, or one of these words."""
    parts = ("grep", "container", *also)
    return next((n for n, w in enumerate(words) if w.lower().lstrip("-") in parts), len(words))


def _length(words: list[str]) -> str:
    """Return a time without the words that lead to it: *the last 30 minutes*, and *the last hour* as *1h*."""
    while words and words[0].lower() in ("the", "last", "past"):
        words = words[1:]
    one = {"minute": "1m", "hour": "1h", "day": "24h"}
    return one.get(words[0].lower(), words[0]) if len(words) == 1 else " ".join(words)


def _is_time(text: str) -> bool:
    try:
        _time(text)
    except LogsError:
        return False
    return True


def _time(text: str) -> Span | Moment:
    try:
        found = read(text)
    except NotATime:
        raise LogsError(f"{quoted(text)} is not a time; {TIMES}.") from None
    except TimeError as wrong:
        raise LogsError(str(wrong)) from None
    if not isinstance(found, Span | Moment) or (isinstance(found, Moment) and found.day == "tomorrow"):
        raise LogsError(f"{quoted(text)} is still to come; {TIMES}.")
    return found


def _grep(words: list[str]) -> str:
    said = words[0].strip(QUOTES).strip() if words else ""
    if not said:
        raise LogsError(f"`grep` needs a text to look for; {FORMS}.")
    if len(said) > LONGEST_TEXT:
        raise LogsError(f"A text to look for has at most {LONGEST_TEXT} characters.")
    return said


def _container(words: list[str]) -> str:
    if not words or not _CONTAINER.fullmatch(words[0]):
        raise LogsError(f"`container` needs the name of a container; {FORMS}.")
    return words[0]


def _before(found: Moment, now: datetime, zone: tzinfo) -> datetime:
    """Return the latest such moment that is not after now."""
    today = now.astimezone(zone).date()
    match found.day:
        case None | "today" | "tomorrow":
            day, step = today, timedelta(days=1)
        case int() as weekday:
            day, step = today - timedelta(days=(today.weekday() - weekday) % 7), timedelta(days=7)
        case date:
            instant = earliest(date, found.minute, zone)
            if instant > now:
                raise LogsError(f"{quoted(str(date))} is still to come; {TIMES}.")
            return instant
    instant = earliest(day, found.minute, zone)
    if instant <= now:
        return instant
    if found.day == "today":
        raise LogsError(f"That time of today is still to come; {TIMES}.")
    return earliest(day - step, found.minute, zone)
