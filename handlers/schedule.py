"""`/env schedule staging`: the week, what comes next, and who set it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from handlers.keep import held_now, sleeping, stands, undo
from handlers.ports.scope import Scope
from handlers.words.operation import operation
from handlers.words.result import Evidence, Field, Outcome
from policies.catalog_schedules import hours
from policies.people import Role
from policies.schedule import parse
from policies.schedule_rows import ScheduleRow
from policies.schedule_strip import DAY, DRAWN
from policies.standing import said, said_in_full, set_by, words, words_seen
from policies.transitions import Course, Edge

NEXT = 3
"""Transitions that are told."""
_REMARK = re.compile(r", (?!\d)")
"""After a day's times: why it is another than its weekday, such as a holiday."""
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
    strip = read.strip(today, holidays=scope.holidays(read)).splitlines()
    held = held_now(scope)
    on = found.state == "down" and not sleeping(scope)
    return Outcome(
        "schedule",
        f"`{name}` is {words_seen(found, scope.now, on=on)}.",
        fields=tuple(_fields(scope, row)),
        evidence=(_drawn(row.text, strip),),
        notes=tuple(
            f"{line[:DAY].strip()}: {line[DRAWN:].strip()}." for line in strip if _REMARK.search(line)
        ),
        offers=(undo(held.id),) if held else (),
    )


def _drawn(text: str, strip: Sequence[str]) -> Evidence:
    """Without the words beside it, which a phone would wrap; the notation says the same above it."""
    lines = tuple(line[:DRAWN].rstrip() for line in strip)
    marks = {"#": "up", ".": "down", "+": "part of the hour", "x": "stops", "-": "no stop"}
    cells = "".join(line[DAY:] for line in lines[1:])
    key = ", ".join(f"{mark} {word}" for mark, word in marks.items() if mark in cells)
    return Evidence(f"{text} ({key})", lines)


def _fields(scope: Scope, row: ScheduleRow) -> Iterator[Field]:
    zone = parse(row.text).zone
    yield Field("Next", "; ".join(_edge(e, scope, row) for e in _coming(scope, row)) or "nothing comes")
    yield Field(
        "Mode",
        "act: stops and starts by itself"
        if row.mode == "act"
        else "observe: says what it would do, changes nothing",
    )
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
