"""Write a whole catalog: all of it or nothing."""

from __future__ import annotations

from dataclasses import replace

from handlers.ports.desk import Desk
from handlers.ports.store import CatalogChange, CatalogState
from handlers.steps.safe import Safe
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import Done, StepRecord, Verdict
from policies import catalog
from policies.catalog import Wanted
from policies.catalog_schedules import effective
from policies.people import actor_name
from policies.schedule_rows import ScheduleRow


class WriteCatalog(Safe):
    """``SAFE``: the difference is taken anew at each call, so a repeat changes nothing."""

    name = "write catalog"

    def before(self, place: Desk, step: Step) -> Facts:
        state = place.catalog.read()
        return _counts(state)

    def act(self, place: Desk, record: StepRecord) -> Facts:
        state = place.catalog.read()
        wanted = catalog.from_json(str(record.step.arguments["content"]))
        changes = catalog.difference(stored(state), wanted)
        place.catalog.write(
            CatalogChange(
                put_environments=changes.put_environments,
                remove_environments=changes.remove_environments,
                put_grants=changes.put_grants,
                remove_grants=changes.remove_grants,
                put_settings=changes.put_settings,
                remove_settings=changes.remove_settings,
                put_schedules=tuple(_from_now(place, row, state) for row in changes.put_schedules),
                remove_schedules=changes.remove_schedules,
            )
        )
        return {"changed": len(changes.lines)}

    def look(self, place: Desk, record: StepRecord) -> Verdict:
        state = place.catalog.read()
        changed = record.evidence.get("changed")
        return Done(f"{changed} changes applied.", {"after": _counts(state)})


def stored(state: CatalogState) -> Wanted:
    return Wanted(
        state.environments, state.grants, state.settings, state.slack_settings, schedules=state.schedules
    )


def _from_now(place: Desk, row: ScheduleRow, state: CatalogState) -> ScheduleRow:
    """In force from now, unless only its terms changed."""
    before = next((r for r in state.schedules if (r.pattern, r.origin) == (row.pattern, row.origin)), None)
    return effective(replace(row, since=place.now, set_by=actor_name(place.actor)), before)


def _counts(state: CatalogState) -> dict[str, Json]:
    """How many of each there are; schedules only where there are any."""
    counts: dict[str, Json] = {"environments": len(state.environments), "grants": len(state.grants)}
    return counts | ({"schedules": len(state.schedules)} if state.schedules else {})


KINDS = (WriteCatalog(),)
