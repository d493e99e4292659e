"""The notation of schedules, a closed grammar: what does not fit it is refused with one sentence.

::

    schedule = "always" | "never" | rules zone ["except" off]
    rules    = rule {"," rule}       they may overlap
    rule     = [days] [months] HH:MM-HH:MM   22:00-06:00 crosses midnight, and belongs to the day it begins on
             | [days] [months] side HH:MM    goes down, or up, at that time; what follows is for other rules
             | point/point           once; a point is 2026-12-24T08:00, in the zone, or with an offset
             | side point            once
    side     = "start" | "stop"
    days     = Mon | Mon-Fri | Sun-Thu | Mon#1 (first of the month) | Fri#-1, FriL (last); lists with commas
             | 1 | 1-7 | L (last of the month) | 15W (the weekday nearest to it) | LW; lists with commas
    months   = Jan | Jan-Mar | Nov-Feb; lists with commas
    off      = "holidays" DE-BE | 2026-12-24 | 2026-12-24/2027-01-01; lists with commas

No days on any rule means every day. Beside a rule with days or months, one without is ambiguous and refused.
So are days of the week beside days of the month in one rule: cron means either, other schedulers mean both.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from policies.schedule.dates import dated, days_off
from policies.schedule.rules import ALWAYS, NEVER, Dated, DaysOff, Rule, Timetable, Weekly
from policies.schedule.selected import Selected
from policies.schedule.words import SIDES, NoZone, ScheduleError, quoted, selector, time_of
from policies.times.wall import DAY
from policies.times.zones import ZoneError, zone_name

LONGEST = 1_000
"""Characters of a schedule; room for some forty rules."""
_WORDS = {"always": ALWAYS, "never": NEVER}
_DASHES = str.maketrans("\u2013\u2014\u2212", "---")
_SPACED_DASH = re.compile(r"\s+-\s*|\s*-\s+")
_DATE = re.compile(r"[0-9]{4}-")
_SOME_MONDAY, _YEARS = date(2001, 1, 1), 366 * 4
"""Days in which two rules meet that often meet."""


def timetable(text: str) -> Timetable:
    """What a text says. Raises ``ScheduleError`` with one sentence."""
    if len(text) > LONGEST:
        raise ScheduleError(f"A schedule has at most {LONGEST} characters, and this one has {len(text)}.")
    words = _SPACED_DASH.sub("-", text.translate(_DASHES).strip()).split()
    if not words:
        raise ScheduleError('A schedule is empty; write one like "Mon-Fri 08:00-20:00 Europe/Berlin".')
    if words[0].lower() in _WORDS:
        if len(words) > 1:
            raise ScheduleError(
                f'"{words[0]}" stands alone; for days off write "00:00-24:00 Europe/Berlin except …".'
            )
        return _WORDS[words[0].lower()]
    said, *off = _split(words, "except")
    return _whole(said, off)


def _whole(said: list[str], off: list[list[str]]) -> Timetable:
    named = said and _may_name_a_zone(said[-1])
    rules = _rules(" ".join(said[:-1] if named else said))
    zone = _zone(said[-1]) if named else _zone_of_offsets(rules)
    for rule in rules:
        _must_open(rule, zone)
    _must_agree(rules)
    resting = days_off(" ".join(words) for words in off) if off else DaysOff()
    if off and not any(isinstance(rule, Weekly) for rule in rules):
        raise ScheduleError(
            '"except" needs a weekly rule to be excepted from, and this schedule has only dates.'
        )
    return Timetable(rules, zone, resting)


def _split(words: list[str], at: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word.lower() == at:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _may_name_a_zone(word: str) -> bool:
    """Anything that is not the end of a rule, so that a mistyped zone is told as one."""
    if word[0].isdigit() or "," in word:
        return False
    try:
        return selector(word) is None and word.lower() not in SIDES
    except ScheduleError:
        return True


def _zone(word: str) -> str:
    try:
        return zone_name(word)
    except ZoneError as error:
        raise ScheduleError(str(error)) from None


def _zone_of_offsets(rules: tuple[Rule, ...]) -> str:
    if all(isinstance(rule, Dated) and rule.opens.utc and rule.closes.utc for rule in rules):
        return "UTC"
    raise NoZone("A schedule names its time zone after its rules; end it with one like Europe/Berlin.")


def _rules(text: str) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    waiting, bare, named = Selected(), "", False
    for item in text.split(","):
        found, hours = _item(item)
        if not hours:
            waiting = waiting.beside(found)
            continue
        if waiting.kinds and not found.kinds:
            raise _no_hours(waiting)
        selected, waiting = waiting.beside(found), Selected()
        rule = _rule(selected, hours)
        if isinstance(rule, Weekly):
            named = named or bool(selected.kinds)
            bare = bare or ("" if selected.kinds else " ".join(hours))
        if rule not in rules:
            rules.append(rule)
    if waiting.kinds:
        raise _no_hours(waiting)
    if named and bare:
        raise ScheduleError(
            f'"{quoted(bare)}" says no days and other rules do; write "Mon-Sun {quoted(bare)}" or its days.'
        )
    return tuple(rules)


def _no_hours(waiting: Selected) -> ScheduleError:
    said = quoted(str(waiting.days))
    return ScheduleError(f'"{said}" has no hours; write for example "{said} 08:00-20:00".')


def _item(item: str) -> tuple[Selected, list[str]]:
    words = item.split()
    if not words:
        raise ScheduleError(
            'A rule is missing; rules look like "Mon-Fri 08:00-20:00", with commas between them.'
        )
    found = Selected()
    rest = words
    while rest and (days := selector(rest[0])) is not None:
        one = Selected.of(days)
        if found.kinds[-1:] == one.kinds:
            raise ScheduleError(f'"{quoted(" ".join(words))}" is not understood; lists have commas: Mon,Fri.')
        found, rest = found.beside(one), rest[1:]
    return found, rest


def _rule(selected: Selected, words: list[str]) -> Rule:
    side = words[0].lower() if words[0].lower() in SIDES else ""
    if side:
        words = words[2:] if len(words) > 1 and words[1].lower() == "at" else words[1:]
    if not words:
        raise ScheduleError(f'A {side} has a time; write for example "Mon-Fri {side} 19:00".')
    if len(words) != 1:
        raise ScheduleError(
            f'"{quoted(" ".join(words))}" is not understood; a rule looks like "Mon-Fri 08:00-20:00" '
            f'or "Mon-Fri stop 19:00", with commas between rules.'
        )
    if _DATE.match(words[0]):
        if selected.kinds:
            raise ScheduleError(f'"{quoted(words[0])}" is a date already; leave out "{selected.days}".')
        return dated(words[0], side)
    every = selected.every_day()
    if side:
        minute = _side(words[0], side)
        return Weekly(every, minute, minute, starting=side == "start")
    return Weekly(every, *_hours(words[0]))


def _side(text: str, side: str) -> int:
    minute = time_of(text)
    if side == "start" and minute == DAY:
        raise ScheduleError(f'"start {text}" is at the end of its day; write start 00:00, of the next.')
    return minute


def _hours(text: str) -> tuple[int, int]:
    opens, dash, closes = text.partition("-")
    if not dash:
        raise ScheduleError(
            f'"{quoted(text)}" is not a window; write its two times, for example 08:00-20:00.'
        )
    start, end = time_of(opens), time_of(closes)
    if start == end:
        raise ScheduleError(f'"{quoted(text)}" never opens; a whole day is 00:00-24:00.')
    if start == DAY:
        raise ScheduleError(f'"{quoted(text)}" begins at the end of its day; begin it at 00:00 of the next.')
    return start, end if end > start else end + DAY


def _must_open(rule: Rule, zone: str) -> None:
    """A dated rule is a span of real time: not backwards, and not within an hour that its clocks skip."""
    if isinstance(rule, Dated) and rule.opens != rule.closes:
        start, end = rule.between(ZoneInfo(zone))
        if start >= end:
            raise ScheduleError(f'"{rule}" never opens; its end comes after its beginning.')


def _must_agree(rules: tuple[Rule, ...]) -> None:
    """No start and stop at the same time: which of them is last would be a guess."""
    for rule in rules:
        for other in rules:
            if rule.starts and other.stops and _meet(rule, other):
                raise ScheduleError(f'"{rule}" and "{other}" are at the same time; leave one of them out.')


def _meet(one: Rule, other: Rule) -> bool:
    if isinstance(one, Weekly) and isinstance(other, Weekly):
        days = (_SOME_MONDAY + timedelta(days=n) for n in range(_YEARS))
        return one.opens == other.opens and any(day in one.days and day in other.days for day in days)
    return isinstance(one, Dated) and isinstance(other, Dated) and one.opens == other.opens
