"""What a stop saves before its first call, and a start forgets after its last."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import cast

from handlers.ports.scope import Scope
from handlers.steps.capacity import asked_again
from handlers.steps.capacity_groups import groups_of
from handlers.steps.safe import Safe
from handlers.tell.steps import saved as tell
from handlers.words.codec import encode
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import Acted, Begun, End, Nothing, Verdict, waits
from policies.capacity.databases import taken_back
from policies.capacity.facts import Capacity, SavedCapacity
from policies.capacity.rules import merged, unfinished
from policies.capacity.stopping import uncounted

SETTLES = timedelta(seconds=5)
"""How long a stop that cancelled another operation waits with what it saved: a call that the other operation
had under way may still arrive and forget it again.
"""


@dataclass(frozen=True)
class Saving:
    """``settle``: whether a start was cancelled for this stop."""

    settle: bool = False


@dataclass(frozen=True)
class Saved:
    """``saved``: all that was saved, for the record."""

    saved: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Forgotten:
    """``kept``: services whose count was not restored, for which all of the saved capacity is kept."""

    kept: tuple[str, ...] = ()


def save_step(*, settle: bool, after: tuple[int, ...] = ()) -> Step:
    return Step("save capacity", arguments=encode(Saving(settle)), after=after)


def seen_now(place: Scope) -> SavedCapacity:
    """Return counts, scaling and databases as they are at this moment."""
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


class SaveCapacity(Safe[Saving, Saved]):
    """Saves the capacity. ``SAFE``: nothing else has begun, so a repeat reads the same, and what a stop
    changed never replaces what is saved. Done only when the book has it.
    """

    name = "save capacity"
    intent = Saving
    evidence = Saved
    deadline = timedelta(minutes=10)

    def act(self, place: Scope, step: Begun[Saving, Saved]) -> Acted[Saved]:
        name = place.environment.name
        with asked_again():
            seen = seen_now(place)
        saved = merged(place.book.capacities.find(name), seen)
        place.book.capacities.write(name, saved)
        return Acted(Saved(_as_json(saved)))

    def look(self, place: Scope, step: Begun[Saving, Saved]) -> Verdict[Saved]:
        if step.intent.settle and place.now - step.began_at < SETTLES:
            return waits(step.began_at + SETTLES, tell.SETTLING)
        if place.book.capacities.find(place.environment.name) is None:
            return Verdict(End.FAILED, tell.GONE)
        return Verdict(End.DONE, tell.SAVED)


class TakeDatabases(Safe[Nothing, Nothing]):
    """Marks the shared resources as used. ``SAFE``. From now on no other environment that shares a database
    or a group of instances stops it while this environment needs it.
    """

    name = "take databases"
    intent = Nothing
    evidence = Nothing
    deadline = timedelta(minutes=10)

    def act(self, place: Scope, step: Begun[Nothing, Nothing]) -> Acted[Nothing]:
        name = place.environment.name
        saved = place.book.capacities.find(name)
        if saved is not None:
            taken = replace(saved, databases=taken_back(saved), groups_taken=frozenset(saved.groups))
            place.book.capacities.write(name, taken)
        return Acted()

    def look(self, place: Scope, step: Begun[Nothing, Nothing]) -> Verdict[Nothing]:
        return Verdict(End.DONE, tell.IN_USE)


class ForgetSaved(Safe[Nothing, Forgotten]):
    """Forgets the saved capacity. ``SAFE``. Nothing is forgotten while any saved count is not restored,
    whoever set it to zero again.
    """

    name = "forget saved"
    intent = Nothing
    evidence = Forgotten
    deadline = timedelta(minutes=10)

    def act(self, place: Scope, step: Begun[Nothing, Forgotten]) -> Acted[Forgotten]:
        name = place.environment.name
        saved = place.book.capacities.find(name)
        if saved is None:
            return Acted(Forgotten())
        with asked_again():
            own = [s.name for s in place.services.members().own]
            counts = {f.name: f.desired for f in place.services.summaries(own)}
        kept = unfinished(saved, counts)
        if not kept:
            place.book.capacities.forget(name)
        return Acted(Forgotten(tuple(kept)))

    def look(self, place: Scope, step: Begun[Nothing, Forgotten]) -> Verdict[Forgotten]:
        kept = step.evidence.kept
        if not kept:
            return Verdict(End.DONE, tell.GIVEN_BACK)
        return Verdict(End.FAILED, tell.kept(kept))


def _as_json(saved: SavedCapacity) -> dict[str, Json]:
    at = saved.saved_at.isoformat() if saved.saved_at else None
    taken = sorted(saved.groups_taken)
    return cast(dict[str, Json], {**asdict(saved), "saved_at": at, "groups_taken": taken})


KINDS = (SaveCapacity(), TakeDatabases(), ForgetSaved())
