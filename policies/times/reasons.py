"""Which words may follow a time without quotes: a reason that nobody could mean as a part of the time.

Quotes settle the question. Without quotes, the first word, after words such as *for the*, must not be a zone,
day, month, number or part of a time, and no later word may plainly be one. A wrong refusal costs the person a
pair of quotes. A wrong pass would silently drop a time that the person typed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from itertools import takewhile

from policies.times.reading import TimeError, quoted
from policies.times.wall import FULL_WEEKDAYS, MONTHS, month, weekday
from policies.times.zones import LIKELY, names_a_zone, names_an_area, plain, resembles_a_zone

_ZONE_WORDS = 3
_BEFORE = """
    a after all an and at before both by each every for from in last my next of on or our past since the their
    this through thru till to until your
"""
"""Words that may come before a part of a time, and before a reason as well."""
_RELATIVE = "after before by from past since till to until"
_EVENTS = "breakfast business closing deadline dinner end lunch release schedule start stop window work"
"""Words that name a time after one of ``_RELATIVE``, and may be a reason after any other word."""
_PARTS = """
    a.m afternoon am cob d daily day days eob eod eow evening evenings h half hour hourly hours hr hrs later
    local localtime m midday midnight min mins minute minutes month monthly months morning mornings nextday
    nextweek night nightly nights nite noon now o'clock oclock p.m pm quarter s sec second seconds secs sept
    sharp time tmr tmrw tmw today tomorrow tonight tonite uhr w week weekday weekdays weekend weekends weekly
    weeks wknd year years yesterday fr mo sa su th thur thurs tu tues weds
"""
"""Words that people use for times, including days, in addition to the names that the grammar knows."""
_AMOUNTS = """
    additional again ahead another earlier extra further hence less longer max maximum minus more once plus
    shorter total twice
"""
"""Words about an amount: *2h more* may mean two hours from now, or two hours beyond what already holds."""
_ELSEWHERE = """
    abend demain dienstag dimanche dinsdag domingo donderdag donnerstag freitag heute jeudi jueves lundi lunes
    maandag manana mardi martes mercredi miercoles mittag mitternacht mittwoch montag morgen samedi samstag
    sabado sonnabend sonntag vendredi viernes vrijdag woensdag zaterdag zondag
    januar februar mar marz mai juni juli okt oktober dez dezember
"""
"""Days, and German months, in the languages of many teams; without accents."""
_ALONE = "di do mi"
"""German days that are English words too. They count as days only if nothing follows them."""
_WEEK = re.compile(r"(cw|kw|wk)[0-9]*")
_NEAR = (*FULL_WEEKDAYS, "today", "tomorrow", "tonight")
_CLOSE = 0.82
"""Low enough that *firday* is a day, and high enough that *match* is not March."""
_JOINTS = re.compile(r"[-\u2010-\u2015/_.+&\\,:;|]+")
"""The characters between the parts of *Mon-Fri*, *EST/PST* and *Europe_Berlin*."""
_PLAIN = re.compile(r"[0-9]{1,2}[:.h][0-9]{2}\b.*|[0-9]+ ?(h|m|am|pm|a\.m|p\.m)|[0-9]{4}-[0-9]{2}-[0-9]{2}.*")
_EDGES = ".,;:!?()[]{}<>*_~"


def reason(words: Sequence[str], *, after: str) -> str:
    """Return these words if they are plainly a reason. ``after``: the time before them.

    Raises ``TimeError``, with a sentence.
    """
    bare = [word.strip(_EDGES) for word in words]
    led = list(takewhile(lambda word: word in _BEFORE.split(), map(str.lower, bare)))
    first = bare[len(led) :]
    ends = bool(bare) and bare[-1].lower() == "time"
    if ends or any(map(_is_time, bare)) or (first and _may_be_time(first, led)):
        raise ambiguous(" ".join(words), after)
    return " ".join(words)


def ambiguous(said: str, after: str) -> TimeError:
    return TimeError(
        f"{quoted(said)} after {quoted(after)} may be meant as a part of the time; if it is the reason, put "
        'it in quotes, like "load test".'
    )


def _may_be_time(words: Sequence[str], led: Sequence[str]) -> bool:
    """Whether the first word, or a city of several words, may be meant as a part of a time. ``led``: the
    small words before them.
    """
    word = plain(words[0]).lower().removesuffix("'s")
    if not word[:1].isalpha() or word in _AMOUNTS.split() or names_an_area(word) or _WEEK.fullmatch(word):
        return True
    if word in _EVENTS.split() and not {*_RELATIVE.split()}.isdisjoint(led):
        return True
    if any(_part(each) for each in _JOINTS.split(word)) or _misspelt(word):
        return True
    if any(names_a_zone(" ".join(words[:n])) for n in range(1, _ZONE_WORDS + 1)):
        return True
    return len(words) == 1 and (word in _ALONE.split() or resembles_a_zone(words[0]))


def _part(word: str) -> bool:
    """Whether a lower-case word, alone or joined to others, may be a part of a time."""
    known = word in _PARTS.split() or word in _ELSEWHERE.split() or _day_or_month(word)
    return known or (len(word) > 1 and names_a_zone(word))


def _misspelt(word: str) -> bool:
    """Whether a word is nearly a day or a month."""
    names = [*_NEAR, *(name.lower() for name in MONTHS if len(name) > len("March"))]
    return len(word) > len("Mon") and bool(difflib.get_close_matches(word, names, n=1, cutoff=_CLOSE))


def _is_time(word: str) -> bool:
    """Whether a word is plainly a time, a day or a zone, wherever it stands."""
    if _PLAIN.fullmatch(word.lower()) or word.lower() in ("today", "tomorrow", "tonight"):
        return True
    if word[:1].isupper() and weekday(word) is not None:
        return True
    return (word.isupper() and word in LIKELY | {"UTC": ()}) or ("/" in word and names_a_zone(word))


def _day_or_month(word: str) -> bool:
    """Whether a word is a day or a month, in full or as its first three letters; days also in the plural."""
    return any(each is not None for each in (weekday(word), weekday(word.removesuffix("s")), month(word)))
