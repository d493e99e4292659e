"""What somebody asks of logs, in words: ``since 30m grep "connection refused" container envoy``.

The three parts may stand in any order, each at most once. A time is read by ``policies.times.gone_by``; it
may also stand alone (*30m*) or after *last* or *for*, but not after an unquoted text. A text of several words
to look for is quoted. What a shell would have between (*|*, *-i*, *--since=*) means nothing more. The grammar
is closed: anything else is refused with a sentence, and never guessed. Words of other tools (*--tail=100*,
*grep -v*) are refused with what there is in their place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from policies.logs.lines import LINES
from policies.times.gone_by import GoneBy, gone_by
from policies.times.instants import QUOTES
from policies.times.reading import NotATime, TimeError, quoted

FORMS = 'write for example `since 30m grep "connection refused" container web`'
A_TIME = 'write "30m", "2h", "3pm", "yesterday 18:00" or "Mon 08:00"'
LONGEST = timedelta(days=7)
"""How far back logs are looked through."""
USUAL = timedelta(minutes=30)
LONGEST_TEXT = 100
_WORD = re.compile(r"""(?:"[^"]*"|'[^']*'|“[^”]*”|\S)+""")
TIMES = ("since", "from", "for", "last", "past")
"""The words before a time. The time may also stand without one, unless it may be a part of a text."""
_SET = re.compile(r"(-{0,2}(?:since|grep|container))[=:](.*)", re.IGNORECASE | re.DOTALL)
_AS_IT_IS = ("-i", "-F", "--")
"""What may stand between *grep* and its text, and says how the text is looked for anyway."""
_OTHERWISE = {
    **dict.fromkeys(
        ("-v", "--invert-match"), "Lines without a text cannot be asked for: `grep` shows those that have it."
    ),
    **dict.fromkeys(
        ("-e", "-E", "-P", "--regexp"), "`grep` looks for a text as it stands, and reads no pattern."
    ),
}
"""What other tools' options after *grep* are answered with."""
_LOOKING = ("find", "search", "filter", "match", "matching", "containing", "contains", "with", "egrep")
"""Words that people say for *grep*."""
_COUNTS = ("-n", "--tail", "--lines", "--limit", "tail", "head", "lines")
_COUNT = re.compile(r"\d{1,6}(?: lines?)?", re.IGNORECASE)
_NO_COUNT = (
    f"An answer has the newest lines, at most {LINES}, and `Older` goes back; a number of lines cannot be "
    "asked for."
)
_ENDS = ("until", "--until", "till", "before", "between", "to")
_BETWEEN = re.compile(r"\s+(?:to|and|until|till|before)\s+|\s*-\s*|\s+", re.IGNORECASE)
_NO_END = "Lines are shown up to now: say only since when, and go back with `Older`."
_ENDS_OF_SENTENCES = "?!.,;"
_QUOTES = ('""', "''", "“”")
"""Each pair holds a text in which neither of the two stands."""
_FOLLOW = ("-f", "--follow", "follow")
_PATTERN = re.compile(r"[*|\\]|^\^|\$$|\.[+?]|\[[^\]\s]+\][+?]?")
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

    @property
    def literal(self) -> bool:
        """Whether nothing in the text to look for reads like a pattern."""
        return _PATTERN.search(self.grep) is None

    def matches(self, line: str) -> bool:
        return self.grep.casefold() in line.casefold()

    @property
    def text(self) -> str:
        """The same as somebody would type it."""
        said = [f"since {self.since}"] if self.since else []
        said += [f"grep {_spelled(self.grep)}"] if self.grep else []
        return " ".join([*said, *([f"container {self.container}"] if self.container else [])])


def logs_asked(text: str) -> LogsAsked:
    """Read what is asked of logs. Raises ``LogsError``, with a sentence."""
    asked, words = LogsAsked(), _split(text)
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
                words = words[1:] if words[:1] and words[0] in _AS_IT_IS and _end(words[1:]) else words
                asked, words = replace(asked, grep=_grep(words)), words[1:]
            case "container":
                asked, words = replace(asked, container=_container(words)), words[1:]
            case _:
                raise _not_understood(part, words, asked)
    return asked


def _split(text: str) -> list[str]:
    """Split into words, with a part's name and its value apart; what follows *grep* is left as it is."""
    found: list[str] = []
    for word in _WORD.findall(text):
        sought = bool(found) and _is_grep(found[-1]) and not (len(found) > 1 and _is_grep(found[-2]))
        word = word if sought else word.lstrip("|")
        named = None if sought else _SET.fullmatch(word)
        if named is not None:
            found += [part for part in named.groups() if part]
        elif word:
            found.append("container" if word == "-c" and not sought else word)
    return found


def _is_grep(word: str) -> bool:
    return word.lower().lstrip("-") == "grep"


def _part(words: list[str], taken: set[str]) -> str:
    """Take the word that says which part follows. A time that stands alone is *since* that time."""
    part = words[0].lower()
    if part.lstrip("-") in ("grep", "container", *TIMES):
        words.pop(0)
        part = part.lstrip("-")
        return "since" if part in TIMES else part
    if "grep" not in taken and _is_time(" ".join(words[: _end(words)]).rstrip(_ENDS_OF_SENTENCES)):
        return "since"
    return words.pop(0)


def _not_understood(word: str, words: list[str], asked: LogsAsked) -> LogsError:
    """Return what to write instead of a word; ``words`` follow it."""
    if word.lower() in _FOLLOW:
        return LogsError(f"`{word}` is a command of its own here: type `follow` in place of `logs`.")
    if asked.grep in _OTHERWISE:
        return LogsError(_OTHERWISE[asked.grep])
    ends = word.lower() in _ENDS and _is_time(" ".join(words))
    if (ends or not asked.grep) and (missing := _missing(word.lower(), words)):
        return LogsError(missing)
    looking = word.lower() in _LOOKING
    if not asked.grep and (not looking or not words):
        said = quoted(word.strip(QUOTES))
        return LogsError(f"{said} is not understood; to look for a text, write `grep` before it.")
    text = [] if looking and not asked.grep else [word]
    rest = " ".join(each.strip(QUOTES) for each in [*text, *words[: _end(words, *TIMES)]])
    whole = f"{asked.grep} {rest}".strip()[:LONGEST_TEXT].replace('"', "'")
    if looking and not asked.grep:
        return LogsError(f'{quoted(word)} is called `grep` here: `grep "{whole}"`.')
    time = f", and write `since {rest}` if it is a time" if _is_time(rest) else ""
    return LogsError(f'Quote a text of several words: `grep "{whole}"`{time}.')


def _missing(word: str, words: list[str]) -> str:
    """Return what there is in place of a part that other tools have; empty for any other word."""
    if word.partition("=")[0] in _COUNTS or _COUNT.fullmatch(word) or words[:1] == ["lines"]:
        return _NO_COUNT
    return _NO_END if word in _ENDS or _are_two_times(word) else ""


def _are_two_times(text: str) -> bool:
    """Tell whether a text names a beginning and an end: *2pm to 3pm*."""
    parts = _BETWEEN.split(text)
    return any(_is_time(" ".join(parts[:n])) and _is_time(" ".join(parts[n:])) for n in range(1, len(parts)))


def past(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Return the latest instant before now that a time means. Raises ``LogsError``."""
    try:
        instant = _time(text).at(now, zone)
    except TimeError as wrong:
        raise LogsError(str(wrong)) from None
    if now - instant > LONGEST:
        raise LogsError(f"Logs are searched at most {LONGEST.days} days back; {quoted(text)} is longer.")
    return instant


def _since(asked: LogsAsked, words: list[str]) -> tuple[LogsAsked, list[str]]:
    """Take the words up to the next part for a time."""
    end = _end(words)
    said = _length([word.rstrip(_ENDS_OF_SENTENCES) for word in words[:end]]).strip(QUOTES)
    if not said:
        raise LogsError(f"`since` needs a time; {A_TIME}.")
    if not _is_time(said) and (missing := _missing(said.lower(), [])):
        raise LogsError(missing)
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
    one = {"minute": "1m", "hour": "1h", "day": "24h", "week": "7d"}
    return one.get(words[0].lower(), words[0]) if len(words) == 1 else " ".join(words)


def _is_time(text: str) -> bool:
    try:
        _time(text)
    except LogsError:
        return False
    return True


def _time(text: str) -> GoneBy:
    try:
        return gone_by(text)
    except NotATime:
        raise LogsError(f"{quoted(text)} is not a time; {A_TIME}.") from None
    except TimeError as wrong:
        raise LogsError(str(wrong)) from None


def _grep(words: list[str]) -> str:
    said = _bare(words[0]).strip() if words else ""
    if not said:
        raise LogsError(f"`grep` needs a text to look for; {FORMS}.")
    if len(said) > LONGEST_TEXT:
        raise LogsError(f"A text to look for has at most {LONGEST_TEXT} characters.")
    return said


def _container(words: list[str]) -> str:
    said = words[0].strip(QUOTES) if words else ""
    if not _CONTAINER.fullmatch(said):
        raise LogsError(f"`container` needs the name of a container; {FORMS}.")
    return said


def _bare(word: str) -> str:
    """Return the word without the quotes around it; a single quote at an end is none of the text either."""
    if any(word[:1] == pair[0] and word[-1:] == pair[1] for pair in _QUOTES) and len(word) > 1:
        return word[1:-1]
    return word.strip(QUOTES) if sum(letter in QUOTES for letter in word) == 1 else word


def _spelled(text: str) -> str:
    """Write the text so that it is read as it is."""
    ways = [f"{pair[0]}{text}{pair[1]}" for pair in _QUOTES] + [text]
    right = (way for way in ways if _WORD.findall(way) == [way] and _bare(way) == text)
    return next(right, f'"{text}"')
