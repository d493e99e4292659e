"""The step that writes a whole catalog: all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers.ports.desk import Desk
from handlers.ports.store import CatalogChange, CatalogState
from handlers.steps.safe import Safe
from handlers.tell.steps import write_catalog as tell
from handlers.words.codec import encode
from handlers.words.plan import Json, Step
from handlers.words.step import Acted, Begun, End, Left, Verdict
from policies.access.people import SERVE, ConsoleUser, actor_name
from policies.catalog.difference import difference
from policies.catalog.schedules import effective
from policies.catalog.values import Wanted, from_json, to_json
from policies.schedule.rows import ScheduleRow


@dataclass(frozen=True)
class Applying:
    """``content``: the whole catalog, as ``policies.catalog.mistakes.to_json`` writes it."""

    content: str


@dataclass(frozen=True)
class Applied:
    """How many rows of each kind there were before. ``changed``: how many lines the difference had."""

    environments: int = 0
    grants: int = 0
    schedules: int = 0
    changed: int | None = None


def write_catalog_step(wanted: Wanted) -> Step:
    return Step("write catalog", arguments=encode(Applying(to_json(wanted))))


class WriteCatalog(Safe[Applying, Applied]):
    """Writes a catalog. ``SAFE``: the difference is computed at each call, so a repeat changes nothing."""

    name = "write catalog"
    intent = Applying
    evidence = Applied

    def before(self, place: Desk, on: str, intent: Applying) -> Applied:
        state = place.catalog.read()
        return Applied(len(state.environments), len(state.grants), len(state.schedules))

    def act(self, place: Desk, step: Begun[Applying, Applied]) -> Acted[Applied]:
        state = place.catalog.read()
        changes = difference(stored(state), from_json(step.intent.content))
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
                put_budgets=changes.put_budgets,
                remove_budgets=changes.remove_budgets,
                put_terminals=changes.put_terminals,
                remove_terminals=changes.remove_terminals,
            )
        )
        return Acted(Applied(changed=len(changes.lines)))

    def look(self, place: Desk, step: Begun[Applying, Applied]) -> Verdict[Applied]:
        told = tell.applied(step.evidence.changed)
        return Verdict(End.DONE, told, left=Left(_counts(place.catalog.read())))


def stored(state: CatalogState) -> Wanted:
    return Wanted(
        state.environments,
        state.grants,
        state.settings,
        state.slack_settings,
        schedules=state.schedules,
        budgets=state.budgets,
        terminals=state.terminals,
    )


def _from_now(place: Desk, row: ScheduleRow, state: CatalogState) -> ScheduleRow:
    """Return the row in force from now, unless only its terms changed. What the serving process applies is
    nobody's doing.
    """
    before = next((r for r in state.schedules if (r.pattern, r.origin) == (row.pattern, row.origin)), None)
    by = "" if place.actor == ConsoleUser(SERVE) else actor_name(place.actor)
    return effective(replace(row, since=place.now, set_by=by), before)


def _counts(state: CatalogState) -> dict[str, Json]:
    """Return how many rows of each kind there are; the later kinds only if there are any."""
    counts: dict[str, Json] = {"environments": len(state.environments), "grants": len(state.grants)}
    others = {
        "schedules": len(state.schedules),
        "budgets": len(state.budgets),
        "terminals": len(state.terminals),
    }
    return counts | {name: count for name, count in others.items() if count}


KINDS = (WriteCatalog(),)
