"""The notation of schedules, a closed grammar: what does not fit it is refused with one sentence.

::

    schedule = "always" | "never" | rules zone ["except" off]
    rules    = rule {"," rule}      windows, or stops, not both; they may overlap
    rule     = [days] HH:MM-HH:MM   22:00-06:00 crosses midnight and belongs to the day it begins on
             | [days] "stop" HH:MM  goes down at that time; nothing starts it by itself
             | point/point          once; a point is 2026-12-24T08:00, in the zone, or with an offset
             | "stop" point         once
    days     = Mon | Mon-Fri | Sun-Thu | Mon#1 (first of the month) | Fri#-1 (last); lists with commas
    off      = "holidays" DE-BE | 2026-12-24 | 2026-12-24/2027-01-01; lists with commas

No days on any rule means every day. Beside a rule with days, one without is ambiguous and refused.
"""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from policies.schedule.dates import dated, days_off
from policies.schedule.rules import ALWAYS, NEVER, Dated, Days, DaysOff, Rule, Timetable, Weekly
from policies.schedule.words import ScheduleError, days_of, quoted, time_of
from policies.times.wall import DAY
from policies.times.zones import ZoneError, zone_name

LONGEST = 1_000
"""Characters of a schedule; room for some forty rules."""
_WORDS = {"always": ALWAYS, "never": NEVER}
_DASHES = str.maketrans("\u2013\u2014\u2212", "---")
_SPACED_DASH = re.compile(r"\s+-\s*|\s*-\s+")
_DATE = re.compile(r"[0-9]{4}-")


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
        days_of(word)
    except ScheduleError:
        return True
    return False


def _zone(word: str) -> str:
    try:
        return zone_name(word)
    except ZoneError as error:
        raise ScheduleError(str(error)) from None


def _zone_of_offsets(rules: tuple[Rule, ...]) -> str:
    if all(isinstance(rule, Dated) and rule.opens.utc and rule.closes.utc for rule in rules):
        return "UTC"
    raise ScheduleError("A schedule names its time zone after its rules; end it with one like Europe/Berlin.")


def _rules(text: str) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    waiting, bare, named = Days(), "", False
    for item in text.split(","):
        days, hours = _item(item)
        if days is not None and not hours:
            waiting |= days
            continue
        if waiting != Days():
            if days is None:
                raise ScheduleError(f'"{waiting}" has no hours; write for example "{waiting} 08:00-20:00".')
            days, waiting = days | waiting, Days()
        rule = _rule(days, hours)
        if isinstance(rule, Weekly):
            named, bare = named or days is not None, bare or ("" if days else " ".join(hours))
        if rule not in rules:
            rules.append(rule)
    if waiting != Days():
        raise ScheduleError(f'"{waiting}" has no hours; write for example "{waiting} 08:00-20:00".')
    if len({rule.stops for rule in rules}) > 1:
        raise ScheduleError(
            "A schedule has windows or stops, not both: outside its windows it is down anyway."
        )
    if named and bare:
        raise ScheduleError(
            f'"{quoted(bare)}" says no days and other rules do; write "Mon-Sun {quoted(bare)}" or its days.'
        )
    return tuple(rules)


def _item(item: str) -> tuple[Days | None, list[str]]:
    words = item.split()
    if not words:
        raise ScheduleError(
            'A rule is missing; rules look like "Mon-Fri 08:00-20:00", with commas between them.'
        )
    if words[0][0].isdigit() or words[0].lower() == "stop":
        return None, words
    return days_of(words[0]), words[1:]


def _rule(days: Days | None, words: list[str]) -> Rule:
    stop = words[0].lower() == "stop"
    if stop:
        words = words[2:] if len(words) > 1 and words[1].lower() == "at" else words[1:]
    if not words:
        raise ScheduleError('A stop has a time; write for example "Mon-Fri stop 19:00".')
    if len(words) != 1:
        raise ScheduleError(
            f'"{quoted(" ".join(words))}" is not understood; a rule looks like "Mon-Fri 08:00-20:00" '
            f'or "Mon-Fri stop 19:00", with commas between rules.'
        )
    if _DATE.match(words[0]):
        if days is not None:
            raise ScheduleError(f'"{quoted(words[0])}" is a date already; leave out "{days}".')
        return dated(words[0], stop=stop)
    every = days or Days(frozenset(range(7)))
    if stop:
        minute = time_of(words[0])
        return Weekly(every, minute, minute)
    return Weekly(every, *_hours(words[0]))


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
    if isinstance(rule, Dated) and not rule.stops:
        start, end = rule.between(ZoneInfo(zone))
        if start >= end:
            raise ScheduleError(f'"{rule}" never opens; its end comes after its beginning.')
