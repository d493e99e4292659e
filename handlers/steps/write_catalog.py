"""Write a whole catalog: all of it or nothing."""

from __future__ import annotations

from datetime import timedelta

from handlers.gate.desk import Desk
from handlers.gate.plan import Done, Facts, Recovery, Repeat, Step, StepRecord, Unknown, Verdict
from handlers.ports.store import CatalogChange
from policies import catalog
from policies.catalog import Wanted


class WriteCatalog:
    """``SAFE``: the difference is taken anew at each call, so a repeat changes nothing."""

    name = "write catalog"
    repeat = Repeat.SAFE
    deadline = timedelta(minutes=1)
    first_look = timedelta(0)

    def before(self, place: Desk, step: Step) -> Facts:
        state = place.catalog.read()
        return {"environments": len(state.environments), "grants": len(state.grants)}

    def act(self, place: Desk, record: StepRecord) -> Facts:
        state = place.catalog.read()
        wanted = catalog.from_json(str(record.step.arguments["content"]))
        current = Wanted(state.environments, state.grants, state.settings, state.slack_settings)
        changes = catalog.difference(current, wanted)
        place.catalog.write(
            CatalogChange(
                put_environments=changes.put_environments,
                remove_environments=changes.remove_environments,
                put_grants=changes.put_grants,
                remove_grants=changes.remove_grants,
                put_settings=changes.put_settings,
                remove_settings=changes.remove_settings,
            )
        )
        return {"changed": len(changes.lines)}

    def look(self, place: Desk, record: StepRecord) -> Verdict:
        state = place.catalog.read()
        changed = record.evidence.get("changed")
        after: Facts = {"environments": len(state.environments), "grants": len(state.grants)}
        return Done(f"{changed} changes applied.", {"after": dict(after)})

    def recover(self, place: Desk, record: StepRecord) -> Recovery:
        """Never asked: a safe step is called again."""
        return Unknown("a safe step needs no recovery")


KINDS = (WriteCatalog(),)
