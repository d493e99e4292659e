"""Write one environment's schedule as set in Slack, or take it away. What a file owns is not touched."""

from __future__ import annotations

from dataclasses import replace

from handlers.ports.scope import Scope
from handlers.ports.store import Catalog, CatalogChange
from handlers.steps.safe import Safe
from handlers.words.errors import StoreLost
from handlers.words.plan import Facts, Step
from handlers.words.step import Done, StepRecord, Verdict
from policies.catalog_schedules import hours
from policies.catalog_values import schedule_of, schedule_values
from policies.people import actor_name
from policies.schedule_rows import ScheduleRow

ORIGIN = "slack"


def write_schedule_step(row: ScheduleRow) -> Step:
    return Step("write schedule", arguments=schedule_values(row))


def remove_schedule_step(row: ScheduleRow) -> Step:
    return Step("remove schedule", arguments=schedule_values(row))


def slack_row(place: Scope) -> ScheduleRow | None:
    """The row set in Slack for this environment by its name."""
    rows = _catalog(place).read().schedules
    return next((r for r in rows if (r.pattern, r.origin) == (place.environment.name, ORIGIN)), None)


class WriteSchedule(Safe):
    """``SAFE``: a row that already says so keeps its beginning."""

    name = "write schedule"

    def before(self, place: Scope, step: Step) -> Facts:
        current = slack_row(place)
        return {"schedule": current.text if current else ""}

    def act(self, place: Scope, record: StepRecord) -> Facts:
        wanted, current = schedule_of(record.step.arguments), slack_row(place)
        if current is None or replace(current, since=None, set_by="") != wanted:
            row = replace(wanted, since=place.now, set_by=actor_name(place.actor))
            _catalog(place).write(CatalogChange(put_schedules=(row,)))
        return {"schedule": wanted.text}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        row = schedule_of(record.step.arguments)
        after: Facts = {"schedule": row.text, "mode": row.mode}
        told = f"`{row.pattern}` is up {row.text} from now on ({row.mode}, {hours(row.text)})."
        return Done(told, {"after": dict(after)})


class RemoveSchedule(Safe):
    """``SAFE``: one that is gone stays gone."""

    name = "remove schedule"

    def before(self, place: Scope, step: Step) -> Facts:
        return {"schedule": str(step.arguments["text"])}

    def act(self, place: Scope, record: StepRecord) -> Facts:
        _catalog(place).write(CatalogChange(remove_schedules=(schedule_of(record.step.arguments),)))
        return {"schedule": ""}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        name = str(record.step.arguments["pattern"])
        told = f"the schedule set in Slack for `{name}` is gone."
        return Done(told, {"after": {"schedule": ""}})


def _catalog(place: Scope) -> Catalog:
    """``StoreLost`` where the scope was bound without one, which only a defect of the wiring can do."""
    if place.catalog is None:
        raise StoreLost("No catalog is at hand to write a schedule to.")
    return place.catalog


KINDS = (WriteSchedule(), RemoveSchedule())
