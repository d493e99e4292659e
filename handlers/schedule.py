"""`/env schedule staging`: the week, what comes next, and who set it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from handlers.gate.operation import operation
from handlers.gate.outcome import Evidence, Field, Outcome
from handlers.keep import held_now, stands, undo
from handlers.ports.scope import Scope
from policies.catalog_schedules import hours
from policies.people import Role
from policies.schedule import parse
from policies.schedule_rows import ScheduleRow
from policies.standing import said, said_in_full, set_by, words
from policies.transitions import Course, Edge

NEXT = 3
"""Transitions that are told."""
HORIZONS = (timedelta(days=8), timedelta(days=40), timedelta(days=366))
"""How far they are looked for: most schedules have three within a week."""


@operation("schedule", role=Role.VIEWER, aliases=("when",))
def schedule(scope: Scope) -> Outcome:
    """When an environment is up: its week, what comes next, who set it, and what overrides it."""
    row, name = scope.schedule, scope.environment.name
    if row is None:
        told = f"`{name}` has no schedule: nothing stops or starts it by itself."
        return Outcome("schedule", told, notes=(f"`schedule {name} set Mon-Fri 08:00-20:00 Europe/Berlin`",))
    found, read = stands(scope), parse(row.text)
    today = scope.now.astimezone(read.zone).date()
    strip = tuple(read.strip(today, holidays=scope.holidays(read)).splitlines())
    held = held_now(scope)
    return Outcome(
        "schedule",
        f"`{name}` is {words(found, scope.now)}.",
        fields=tuple(_fields(scope, row)),
        evidence=(Evidence(f"{row.text} (# up, . down)", strip),),
        offers=(undo(held.id),) if held else (),
    )


def _fields(scope: Scope, row: ScheduleRow) -> Iterator[Field]:
    zone = parse(row.text).zone
    yield Field("Next", "; ".join(_edge(e, scope, row) for e in _coming(scope, row)) or "nothing comes")
    yield Field("Mode", "act" if row.mode == "act" else "observe: says what it would do, changes nothing")
    since = f", in force since {said_in_full(row.since, zone, scope.now)}" if row.since else ""
    pattern = "" if row.pattern == scope.environment.name else f" on `{row.pattern}`"
    yield Field("Set by", f"{set_by(row)}{pattern}{since}")
    yield Field("Up", hours(row.text))
    if (held := held_now(scope)) is not None:
        own = stands(scope)
        yield Field("Override", f"{words(own, scope.now)}, since {said(held.since, own.zone, scope.now)}")


def _coming(scope: Scope, row: ScheduleRow) -> tuple[Edge, ...]:
    held = tuple(scope.book.overrides.current(scope.now))
    dates = scope.holidays(parse(row.text))
    course, found = Course(scope.environment.name, row, held, dates), tuple[Edge, ...]()
    for horizon in HORIZONS:
        found = course.edges(scope.now, scope.now + horizon)[:NEXT]
        if len(found) == NEXT:
            break
    return found


def _edge(edge: Edge, scope: Scope, row: ScheduleRow) -> str:
    would = "would " if row.mode == "observe" else ""
    why = "" if edge.why.startswith("schedule ") else f", at {edge.why}"
    return f"{would}{edge.action} {said(edge.instant, parse(row.text).zone, scope.now)}{why}"
