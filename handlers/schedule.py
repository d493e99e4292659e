"""`/env schedule staging`: the week, what comes next, and who set it."""

from __future__ import annotations

from datetime import timedelta

from handlers.now import seen_now, stands
from handlers.planned import planned_here
from handlers.ports.scope import Scope
from handlers.tell import schedule as tell
from handlers.words.operation import Purpose, operation
from handlers.words.result import Answer
from policies.access.people import Role
from policies.schedule.overrides import foreseen
from policies.schedule.rows import ScheduleRow
from policies.schedule.schedule import parse
from policies.schedule.standing import words_seen
from policies.schedule.transitions import Course, Edge

NEXT = 3
"""The number of transitions shown."""
HORIZONS = (timedelta(days=8), timedelta(days=40), timedelta(days=366), timedelta(days=366 * 9))
"""How far ahead to look for them: most schedules have three in a week; 29 February may take eight years."""


@operation("schedule", purpose=Purpose.SCHEDULE, role=Role.VIEWER, aliases=("when",), further="reschedule")
def schedule(scope: Scope) -> Answer:
    """When an environment is up: its week, what comes next, who set it, and what overrides it."""
    row, name = scope.schedule, scope.environment.name
    if row is None:
        return tell.none(name)
    found, read = stands(scope), parse(row.text)
    today = scope.now.astimezone(read.zone).date()
    strip = read.strip(today, holidays=scope.holidays(read)).splitlines()
    planned = tell.planned(planned_here(scope), read.zone, scope.now)
    fields = (*tell.fields(found, name, _coming(scope, row), now=scope.now), *planned)
    return tell.week(name, found, strip, fields, words_seen(found, scope.now, seen=seen_now(scope)))


def _coming(scope: Scope, row: ScheduleRow) -> tuple[Edge, ...]:
    held = foreseen(scope.book.overrides.current(scope.now), scope.now)
    dates = scope.holidays(parse(row.text))
    course, found = Course(scope.environment.name, row, held, dates), tuple[Edge, ...]()
    for horizon in HORIZONS:
        found = course.edges(scope.now, scope.now + horizon)[:NEXT]
        if len(found) == NEXT:
            break
    return found
