"""Steps that write or remove one environment's schedule as set in Slack. What a file owns is not touched."""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers.ports.scope import Scope
from handlers.ports.store import Catalog, CatalogChange
from handlers.steps.safe import Safe
from handlers.tell.steps import write_schedule as tell
from handlers.words.codec import encode
from handlers.words.errors import StoreLost
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import Acted, Begun, End, Left, Verdict
from policies.access.people import actor_name
from policies.catalog.values import schedule_of, schedule_values
from policies.schedule.rows import BY_HAND, ScheduleRow
from policies.schedule.schedule import parse

ORIGIN = "slack"


@dataclass(frozen=True)
class Scheduling:
    """A schedule row to write or remove, without since when it holds and who set it."""

    row: ScheduleRow

    def to_row(self) -> dict[str, Json]:
        return schedule_values(self.row)

    @classmethod
    def from_row(cls, facts: Facts) -> Scheduling:
        return cls(schedule_of(facts))


@dataclass(frozen=True)
class Scheduled:
    """What was found. ``schedule``: the notation set in Slack, before the call and after it; empty if there
    is none.
    """

    schedule: str = ""


Writing = Begun[Scheduling, Scheduled]


def write_schedule_step(row: ScheduleRow) -> Step:
    return Step("write schedule", arguments=encode(Scheduling(row)))


def remove_schedule_step(row: ScheduleRow) -> Step:
    return Step("remove schedule", arguments=encode(Scheduling(row)))


def end_by_step(row: ScheduleRow) -> Step:
    """Return the step that writes the end of a start by hand. ``row``: ``policies.schedule.rows.ending``."""
    return Step("end by", arguments=encode(Scheduling(row)))


def slack_row(place: Scope) -> ScheduleRow | None:
    """Return the row set in Slack for this environment by its name."""
    return _row(place, ORIGIN)


def hand_row(place: Scope) -> ScheduleRow | None:
    """Return the row that a start by hand left, whether its end has come or not."""
    return _row(place, BY_HAND)


def _row(place: Scope, origin: str) -> ScheduleRow | None:
    rows = _catalog(place).read().schedules
    return next((r for r in rows if (r.pattern, r.origin) == (place.environment.name, origin)), None)


class WriteSchedule(Safe[Scheduling, Scheduled]):
    """Writes a schedule row. ``SAFE``: a row that is already the same keeps its beginning."""

    name = "write schedule"
    intent = Scheduling
    evidence = Scheduled

    def before(self, place: Scope, on: str, intent: Scheduling) -> Scheduled:
        current = _row(place, intent.row.origin)
        return Scheduled(current.text if current else "")

    def act(self, place: Scope, step: Writing) -> Acted[Scheduled]:
        wanted, current = step.intent.row, _row(place, step.intent.row.origin)
        if current is None or replace(current, since=None, set_by="") != wanted:
            row = replace(wanted, since=place.now, set_by=actor_name(place.actor))
            _catalog(place).write(CatalogChange(put_schedules=(row,)))
        return Acted(Scheduled(wanted.text))

    def look(self, place: Scope, step: Writing) -> Verdict[Scheduled]:
        row = step.intent.row
        return Verdict(End.DONE, tell.up(row), left=Left({"schedule": row.text, "mode": row.mode}))


class EndBy(WriteSchedule):
    """Writes until when an environment without a schedule stays on after a start. ``SAFE``. The clock then
    stops it like any other, with its notice.
    """

    name = "end by"

    def look(self, place: Scope, step: Writing) -> Verdict[Scheduled]:
        row = step.intent.row
        read = parse(row.text)
        ends = read.at(step.began_at).until
        told = tell.started_by_hand(row.pattern, ends, zone=read.zone, now=place.now)
        return Verdict(End.DONE, told, left=Left({"schedule": row.text}, tell=True))


class RemoveSchedule(Safe[Scheduling, Scheduled]):
    """Removes a schedule row. ``SAFE``: a row that is gone stays gone."""

    name = "remove schedule"
    intent = Scheduling
    evidence = Scheduled

    def before(self, place: Scope, on: str, intent: Scheduling) -> Scheduled:
        return Scheduled(intent.row.text)

    def act(self, place: Scope, step: Writing) -> Acted[Scheduled]:
        _catalog(place).write(CatalogChange(remove_schedules=(step.intent.row,)))
        return Acted(Scheduled())

    def look(self, place: Scope, step: Writing) -> Verdict[Scheduled]:
        row = step.intent.row
        told = tell.no_end(row.pattern) if row.origin == BY_HAND else tell.gone(row.pattern)
        return Verdict(End.DONE, told, left=Left({"schedule": ""}))


def _catalog(place: Scope) -> Catalog:
    """Return the catalog. Raises ``StoreLost`` if the scope was bound without one, which only a defect of the
    wiring can cause.
    """
    if place.catalog is None:
        raise StoreLost(tell.NO_CATALOG)
    return place.catalog


KINDS = (WriteSchedule(), EndBy(), RemoveSchedule())
