"""Put back what a stop saved, where the store has nothing."""

from __future__ import annotations

from typing import cast

from handlers.ports.desk import Desk
from handlers.steps.safe import Safe
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import Done, Failed, StepRecord, Verdict
from policies.capacity import SavedCapacity
from policies.saved_values import saved_from, saved_values


def put_step(environment: str, saved: SavedCapacity) -> Step:
    return Step("put saved", on=environment, arguments=cast(Facts, saved_values(saved)))


class PutSaved(Safe):
    """``SAFE``: what is stored already stays, so a repeat finds its own and writes nothing.

    Not while an operation is under way there: a stop or a start may be about to save or to forget.
    """

    name = "put saved"
    counted = "environments"

    def before(self, place: Desk, step: Step) -> Facts:
        return {"stored": step.on in place.book.capacities.stopped()}

    def act(self, place: Desk, record: StepRecord) -> Facts:
        name, capacities = record.step.on, place.book.capacities
        if place.state.environment(name) is None:
            return {"left": f"`{name}` is not in the catalog any more"}
        if capacities.find(name) is not None:
            return {}
        if running := place.records.running([name]):
            return {"left": f"`{name}`: {running[0].name} is under way there (operation {running[0].id})"}
        capacities.write(name, saved_from(record.step.arguments))
        return {}

    def look(self, place: Desk, record: StepRecord) -> Verdict:
        name, left = record.step.on, record.evidence.get("left")
        if left:
            return Failed(f"{left}, so nothing was put back.")
        found = place.book.capacities.find(name)
        if found is None:
            return Failed(f"`{name}`: what was put back is gone again.")
        if found != saved_from(record.step.arguments):
            return Done(f"`{name}` has something saved meanwhile, which is kept.", {"tell": True})
        saved: dict[str, Json] = {"services": len(found.services), "databases": len(found.databases)}
        return Done(f"what was saved of `{name}` is back", {"after": {name: saved}})


KINDS = (PutSaved(),)
