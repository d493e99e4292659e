"""What a schedule says about one instant, worked out once for each day of UTC and then looked up."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from policies.schedule.course import Course, Opening, Up
from policies.times.wall import WEEKDAYS, earliest

_ONE_DAY = timedelta(days=1)
FIRST, LAST = datetime(100, 1, 1, tzinfo=UTC), datetime(9900, 1, 1, tzinfo=UTC)
"""Outside these dates a ``datetime`` leaves no room to look back and ahead."""


@dataclass(frozen=True)
class Answer:
    """``since`` is the first instant of this state, ``until`` the first of another, in UTC; None is for ever.

    Where a rule has one side, ``since`` is the last start or stop. In a schedule that only stops, ``down``
    means that the last stop has been and nothing starts it: a person may, at any time, and it is up until the
    next stop (the next transition). One that only starts is ``up`` in the same way.
    """

    state: Literal["up", "down", "unscheduled"]
    why: str
    since: datetime | None
    until: datetime | None


def answer(course: Course, instant: datetime) -> Answer:
    """The instant is in UTC, between ``FIRST`` and ``LAST``."""
    starts, answers = _pieces(course, instant.date())
    return answers[bisect_right(starts, instant) - 1]


@lru_cache(maxsize=4_096)
def _pieces(course: Course, day: date) -> tuple[tuple[datetime, ...], tuple[Answer, ...]]:
    """The day cut where anything, if only the reason, can change, and the answer for each piece."""
    start = datetime.combine(day, time(), tzinfo=UTC)
    end = start + _ONE_DAY
    ups = course.around(start, end)
    first, last = course.dates(start, end)
    openings = [each for each in course.openings(first, last) if each.end > start and each.start < end]
    local = start.astimezone(course.zone).date()
    cut_at = {start, *(each.start for each in openings), *(each.end for each in openings)}
    cut_at |= {earliest(local + n * _ONE_DAY, 0, course.zone) for n in range(3)}
    cuts = sorted(cut for cut in cut_at if start <= cut < end)
    return tuple(cuts), tuple(_piece(course, ups, openings, cut) for cut in cuts)


def _piece(course: Course, ups: list[Up], openings: list[Opening], instant: datetime) -> Answer:
    since: datetime | None = None
    for up in ups:
        if up.start is not None and up.start > instant:
            return Answer("down", why_down(course, instant), since, up.start)
        if up.end is None or up.end > instant:
            rule = next(each.rule for each in openings if each.start <= instant < each.end)
            return Answer("up", course.table.word or rule, up.start, up.end)
        since = up.end
    return Answer("down", why_down(course, instant), since, None)


def why_down(course: Course, instant: datetime) -> str:
    """The reason outside its windows: that it is outside, or that the day is off."""
    table = course.table
    if table.word:
        return table.word
    day = instant.astimezone(course.zone).date()
    if day in course.off and any(day in rule.days for rule, _ in course.weekly[day.weekday()]):
        return f"{WEEKDAYS[day.weekday()]} {day} is {day_off(course, day)}"
    return f"outside {table.rules_text} {table.zone}"


def day_off(course: Course, day: date) -> str:
    """Why a day is off: a calendar of holidays, or the schedule's own dates."""
    if any(first <= day <= last for first, last in course.table.off.spans):
        return "a day off by the schedule"
    return f"a holiday ({', '.join(course.table.off.calendars)})"
