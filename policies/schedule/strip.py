"""A schedule's week for people, as a strip of its days; and hours up between two instants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise

from policies.schedule.answers import day_off
from policies.schedule.course import Course
from policies.schedule.turns import Turns
from policies.times.wall import WEEKDAYS, clock, earliest

_ONE_DAY = timedelta(days=1)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY, DRAWN = 10, 36
"""Characters of a line that are the day, and the day and its hours; its words come after them."""
_HEAD = f"{'':12}{'00':6}{'06':6}{'12':6}{'18':6}"


def hours_up(course: Course | Turns, start: datetime, end: datetime) -> float:
    """Hours up between two instants: with days off, dated rules and clock changes. 0 if it only starts or
    only stops."""
    spans = (closes - opens for opens, closes in _ups(course, start, end))
    return sum(spans, timedelta(0)) / timedelta(hours=1)


def strip(course: Course | Turns, week_start: date) -> str:
    """Seven days of wall time, a line each: ``#`` an hour up, ``.`` down, ``+`` part of it, a space an hour
    that the clocks skip; ``x`` a stop and ``>`` a start that no window has, and ``-`` an hour of which
    nothing is said. The times are in words beside it."""
    return "\n".join([_HEAD.rstrip(), *(_line(course, week_start + n * _ONE_DAY) for n in range(7))])


def _ups(course: Course | Turns, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Cut at both ends."""
    if isinstance(course, Turns):
        yield from course.ups(start, end)
        return
    for first, last in course.spells(*course.dates(start, end)):
        if first.start < end and last.end > start:
            yield max(first.start, start), min(last.end, end)


def _line(course: Course | Turns, day: date) -> str:
    windows = course.windows if isinstance(course, Turns) else course
    hours = [earliest(day, 60 * hour, windows.zone) for hour in range(25)]
    ups = list(_ups(course, hours[0], hours[-1]))
    points = _points(course, hours[0], hours[-1])
    mute = course.table.stops_only or course.table.starts_only
    cells = "".join(_mark(ups, points, pair, mute=mute) for pair in pairwise(hours))
    name = f"{WEEKDAYS[day.weekday()]} {day.day:2} {_MONTHS[day.month - 1]}"
    said = [] if mute else [_up_in_words(windows.zone, ups, (hours[0], hours[-1]))]
    said += [f"{verb} {_wall(windows.zone, at)}" for at, verb in points.items()]
    off = [day_off(windows, day)] if day in windows.off and not mute else []
    return f"{name}  {cells}  {', '.join([*said, *off]) or _nothing(course)}"


def _points(course: Course | Turns, start: datetime, end: datetime) -> dict[datetime, str]:
    """Starts and stops of rules with one side."""
    if not isinstance(course, Turns):
        return {}
    of = {"up": "starts", "down": "stops"}
    turns = course.between(start, end)
    return {turn.instant: of[turn.action] for turn in turns if not course.of_window(turn)}


def _nothing(course: Course | Turns) -> str:
    return "no stop" if course.table.stops_only else "no start"


def _mark(
    ups: list[tuple[datetime, datetime]],
    points: dict[datetime, str],
    hour: tuple[datetime, datetime],
    *,
    mute: bool,
) -> str:
    start, end = hour
    if end <= start:
        return " "
    verb = next((verb for at, verb in points.items() if start <= at < end), "")
    if verb:
        return "x" if verb == "stops" else ">"
    if mute:
        return "-"
    up = sum((max(min(last, end) - max(first, start), timedelta(0)) for first, last in ups), timedelta(0))
    return "." if not up else "#" if up == end - start else "+"


def _up_in_words(
    zone: tzinfo, ups: list[tuple[datetime, datetime]], bounds: tuple[datetime, datetime]
) -> str:
    if not ups:
        return "down"
    if ups == [bounds]:
        return "up all day"
    said = [
        f"{_wall(zone, opens)}-{'24:00' if closes >= bounds[1] else _wall(zone, closes)}"
        for opens, closes in ups
    ]
    return f"up {', '.join(said)}"


def _wall(zone: tzinfo, instant: datetime) -> str:
    local = instant.astimezone(zone)
    return clock(60 * local.hour + local.minute)
