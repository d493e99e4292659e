"""What may stand after a time without quotes: a reason that nobody could mean as a part of the time.

Quotes settle it. Without them its first word, after ones such as *for the*, is no zone, day, month, number or
part of a time, and no later word is plainly one. What is refused here costs a pair of quotes; what is let
through would be a time that was typed and silently dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile

from policies.times.reading import TimeError, quoted
from policies.times.wall import month, weekday
from policies.times.zones import LIKELY, names_a_zone, resembles_a_zone

_ZONE_WORDS = 3
_BEFORE = """
    a after an and at before by each every for from in last my next of on or our the their this through till
    to until your
"""
"""Words that a part of a time may follow as well as a reason."""
_PARTS = """
    a.m afternoon am d daily day days eob eod evening evenings h half hour hourly hours hr hrs later local m
    midday midnight min mins minute minutes month monthly months morning mornings night nightly nights noon
    now o'clock oclock p.m pm quarter s sec second seconds secs sept sharp time today tomorrow tonight uhr w
    week weekday weekdays weekend weekends weekly weeks year years yesterday
    fr mo sa su th thur thurs tu tues weds
"""
"""Of what people say of times, days among them, beside the names that the grammar knows."""
_PLAIN = re.compile(r"[0-9]{1,2}[:.h][0-9]{2}\b.*|[0-9]+ ?(h|m|am|pm|a\.m|p\.m)|[0-9]{4}-[0-9]{2}-[0-9]{2}.*")
_EDGES = ".,;:!?()[]{}<>*_~"


def reason(words: Sequence[str], *, after: str) -> str:
    """These words, if they are a reason as they stand. ``after``: the time before them.

    Raises ``TimeError``, with a sentence.
    """
    bare = [word.strip(_EDGES) for word in words]
    first = list(dropwhile(lambda word: word.lower() in _BEFORE.split(), bare))
    ends = bool(bare) and bare[-1].lower() == "time"
    if ends or any(map(_is_time, bare)) or (first and _may_be_time(first)):
        raise ambiguous(" ".join(words), after)
    return " ".join(words)


def ambiguous(said: str, after: str) -> TimeError:
    return TimeError(
        f"{quoted(said)} after {quoted(after)} may be meant as a part of the time; if it is the reason, put "
        'it in quotes, like "load test".'
    )


def _may_be_time(words: Sequence[str]) -> bool:
    """Whether the first of them, or a city of several words, may be meant as a part of a time."""
    word = words[0].lower().removesuffix("'s")
    if word in _PARTS.split() or _day_or_month(word) or not word[:1].isalpha():
        return True
    if any(names_a_zone(" ".join(words[:n])) for n in range(1, _ZONE_WORDS + 1)):
        return True
    return len(words) == 1 and resembles_a_zone(words[0])


def _is_time(word: str) -> bool:
    """Plainly a time, a day or a zone, wherever it stands."""
    if _PLAIN.fullmatch(word.lower()) or word.lower() in ("today", "tomorrow", "tonight"):
        return True
    if word[:1].isupper() and weekday(word) is not None:
        return True
    return (word.isupper() and word in LIKELY | {"UTC": ()}) or ("/" in word and names_a_zone(word))


def _day_or_month(word: str) -> bool:
    """In full or its first three letters; days also as many of them."""
    return any(each is not None for each in (weekday(word), weekday(word.removesuffix("s")), month(word)))
