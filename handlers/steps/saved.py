"""What a stop saves before its first call, and a start forgets after its last."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import cast

from handlers.ports.scope import Scope
from handlers.steps.capacity import asked_again
from handlers.steps.capacity_groups import groups_of
from handlers.steps.safe import Safe
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import Done, Failed, StepRecord, Verdict, Waiting
from policies.capacity import Capacity, SavedCapacity
from policies.capacity_rules import merged, unfinished
from policies.database_rules import taken_back
from policies.stopping import uncounted

SETTLES = timedelta(seconds=5)
"""How long what was saved is waited for where another operation was cancelled for this one: a call that it
had in hand may still arrive, and forget it again."""


def save_step(*, settle: bool, after: tuple[int, ...] = ()) -> Step:
    """``settle``: a start was cancelled for this stop."""
    return Step("save capacity", arguments={"settle": settle}, after=after)


def seen_now(place: Scope) -> SavedCapacity:
    """Counts, scaling and databases as they are at this moment."""
    own = [s.name for s in place.services.members().own]
    counted = [f for f in place.services.summaries(own) if not uncounted(f)]
    scaling = place.scaling.facts([f.name for f in counted])
    return SavedCapacity(
        services={f.name: Capacity(f.desired, scaling.get(f.name)) for f in counted},
        databases={d.id: d.status for d in place.databases.facts()},
        groups={g.name: g.sizes for g in groups_of(place, counted)},
        stop_id=place.operation_id,
        saved_at=place.now,
    )


class SaveCapacity(Safe):
    """``SAFE``: nothing else has begun, so a repeat reads the same, and what is kept is never replaced by
    what a stop made. It is done only when the book has it."""

    name = "save capacity"
    deadline = timedelta(minutes=10)

    def act(self, place: Scope, record: StepRecord) -> Facts:
        name = place.environment.name
        with asked_again():
            seen = seen_now(place)
        saved = merged(place.book.capacities.find(name), seen)
        place.book.capacities.write(name, saved)
        return {"saved": _as_json(saved)}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        began = record.began_at or place.now
        if record.step.arguments.get("settle") and place.now - began < SETTLES:
            return Waiting(began + SETTLES, "waiting for what was cancelled to end")
        if place.book.capacities.find(place.environment.name) is None:
            return Failed("What was saved is gone again, so nothing was stopped.")
        return Done("counts and autoscaling are saved")


class TakeDatabases(Safe):
    """``SAFE``. From now on no other environment that shares a database or a group of instances stops it
    under this one."""

    name = "take databases"
    deadline = timedelta(minutes=10)

    def act(self, place: Scope, record: StepRecord) -> Facts:
        name = place.environment.name
        saved = place.book.capacities.find(name)
        if saved is not None:
            taken = replace(saved, databases=taken_back(saved), groups_taken=frozenset(saved.groups))
            place.book.capacities.write(name, taken)
        return {}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        return Done("its databases are in use again")


class ForgetSaved(Safe):
    """``SAFE``. Nothing is forgotten while a count of it was not given back, whoever took it again."""

    name = "forget saved"
    deadline = timedelta(minutes=10)

    def act(self, place: Scope, record: StepRecord) -> Facts:
        name = place.environment.name
        saved = place.book.capacities.find(name)
        if saved is None:
            return {"kept": []}
        with asked_again():
            own = [s.name for s in place.services.members().own]
            counts = {f.name: f.desired for f in place.services.summaries(own)}
        kept = unfinished(saved, counts)
        if not kept:
            place.book.capacities.forget(name)
        return {"kept": [*kept]}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        kept = record.evidence.get("kept")
        if not isinstance(kept, list) or not kept:
            return Done("everything is given back")
        named = ", ".join(f"`{name}`" for name in kept)
        return Failed(f"{named} {'is' if len(kept) == 1 else 'are'} at 0 again; what was saved is kept")


def _as_json(saved: SavedCapacity) -> dict[str, Json]:
    at = saved.saved_at.isoformat() if saved.saved_at else None
    taken = sorted(saved.groups_taken)
    return cast(dict[str, Json], {**asdict(saved), "saved_at": at, "groups_taken": taken})


KINDS = (SaveCapacity(), TakeDatabases(), ForgetSaved())
