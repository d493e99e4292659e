"""A schedule's week for people, as a strip of its days; and hours up between two instants."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from policies.schedule.answers import day_off
from policies.schedule.course import Course, Opening
from policies.times.wall import WEEKDAYS, clock, earliest

_ONE_DAY = timedelta(days=1)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY, DRAWN = 10, 36
"""Characters of a line that are the day, and the day and its hours; its words come after them."""
_HEAD = f"{'':12}{'00':6}{'06':6}{'12':6}{'18':6}"


def hours_up(course: Course, start: datetime, end: datetime) -> float:
    """Hours up between two instants: with days off, dated rules and clock changes. 0 if it only stops."""
    spans = (
        min(spell.last.end, end) - max(spell.first.start, start)
        for spell in course.spells(*course.dates(start, end))
        if spell.first.start < end and spell.last.end > start
    )
    return sum(spans, timedelta(0)) / timedelta(hours=1)


def strip(course: Course, week_start: date) -> str:
    """Seven days of wall time, a line each: ``#`` an hour up, ``.`` down, ``+`` part of it, a space an hour
    that the clocks skip; for a stop ``x``, and ``-`` without one. The times are in words beside it."""
    return "\n".join([_HEAD.rstrip(), *(_line(course, week_start + n * _ONE_DAY) for n in range(7))])


def _line(course: Course, day: date) -> str:
    hours = [earliest(day, 60 * hour, course.zone) for hour in range(25)]
    spells = [
        (spell.first, spell.last)
        for spell in course.spells(*course.dates(hours[0], hours[-1]))
        if spell.first.start < hours[-1] and (spell.last.end > hours[0] or spell.first.start >= hours[0])
    ]
    mark = _stop_mark if course.table.stops_only else _mark
    cells = "".join(mark(spells, *pair) for pair in pairwise(hours))
    name = f"{WEEKDAYS[day.weekday()]} {day.day:2} {_MONTHS[day.month - 1]}"
    return f"{name}  {cells}  {_in_words(course, day, spells, (hours[0], hours[-1]))}"


def _mark(spells: list[tuple[Opening, Opening]], start: datetime, end: datetime) -> str:
    if end <= start:
        return " "
    up = sum(
        (max(min(last.end, end) - max(first.start, start), timedelta(0)) for first, last in spells),
        timedelta(0),
    )
    return "." if not up else "#" if up == end - start else "+"


def _stop_mark(spells: list[tuple[Opening, Opening]], start: datetime, end: datetime) -> str:
    return "x" if any(start <= first.start < end for first, _ in spells) else "-"


def _in_words(
    course: Course, day: date, spells: list[tuple[Opening, Opening]], bounds: tuple[datetime, datetime]
) -> str:
    if course.table.stops_only:
        return ", ".join(f"stops {_wall(course, first.start)}" for first, _ in spells) or "no stop"
    off = f", {day_off(course, day)}" if day in course.off else ""
    if not spells:
        return f"down{off}"
    if spells[0][0].start <= bounds[0] and spells[-1][1].end >= bounds[1] and len(spells) == 1:
        return f"up all day{off}"
    said = [
        f"{_wall(course, max(first.start, bounds[0]))}-"
        f"{'24:00' if last.end >= bounds[1] else _wall(course, last.end)}"
        for first, last in spells
    ]
    return f"up {', '.join(said)}{off}"


def _wall(course: Course, instant: datetime) -> str:
    local = instant.astimezone(course.zone)
    return clock(60 * local.hour + local.minute)
