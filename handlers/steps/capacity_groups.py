"""Auto Scaling groups: to zero after everything on them has stopped, and back before anything starts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers.ports.scope import Scope
from handlers.steps.capacity import ANSWERED_FOR, asked_again
from handlers.steps.safe import Safe
from handlers.words.errors import Absent
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import Done, Failed, StepRecord, Verdict, Waiting
from policies.capacity import GroupFacts
from policies.capacity_groups import CapacityGroup, at_zero, down, kept_on, providers_of, shrunk
from policies.service import ServiceFacts
from policies.times import words

LOOK = timedelta(seconds=15)
"""Between looks: an instance takes minutes to come and to go (MEMORY)."""


def groups_of(place: Scope, services: Sequence[ServiceFacts]) -> tuple[CapacityGroup, ...]:
    """Without a call where nothing runs on instances."""
    providers = providers_of(services)
    return place.capacities.groups(providers) if providers else ()


def others_down(place: Scope, group: CapacityGroup) -> frozenset[str]:
    """The other environments on it that do not need it now, as the book has it."""
    named = {name for claims in group.services.values() for name in claims}
    others = [e for e in place.neighbours if e.name in named]
    found = {e.name: place.book.capacities.find(e.name) for e in others}
    return down(group.name, others, {name: saved for name, saved in found.items() if saved})


def shrink_step(group: CapacityGroup, *, after: tuple[int, ...] = ()) -> Step:
    return Step("shrink group", on=group.name, after=after)


def grow_step(group: CapacityGroup, sizes: GroupFacts, *, always: bool) -> Step:
    """``always``: also where it has instances, since a stop that was cancelled may take them yet."""
    return Step("grow group", on=group.name, arguments={**_json(sizes), "always": always})


def sizes_of(group: CapacityGroup) -> dict[str, Json]:
    """What an audit entry keeps of a group before and after."""
    return {f"group {group.name}": _json(group.sizes)}


class ShrinkGroup(Safe):
    """``SAFE``. Whoever is on it by now keeps it, its own services too: what could not be stopped runs on."""

    name = "shrink group"
    counted = "groups"
    deadline = timedelta(minutes=30)
    first_look = timedelta(seconds=10)

    def before(self, place: Scope, step: Step) -> Facts:
        return {"sizes": _json(_one(place, step).sizes)}

    def act(self, place: Scope, record: StepRecord) -> Facts:
        group = _one(place, record.step)
        if why := kept_on(group, place.environment.name, others_down(place, group)):
            return {"left_on": why}
        with asked_again():
            receipt = place.capacities.resize(group.name, shrunk(group.sizes))
        return {"request_ids": [receipt.request_id]}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        group, took = _one(place, record.step), _took(place, record)
        after: dict[str, Json] = {"after": sizes_of(group)}
        if why := record.evidence.get("left_on"):
            return Done(str(why), {**after, "tell": True})
        if not at_zero(group.sizes):
            return _resized(place, group, took, after)
        if not group.instances:
            return Done(f"group `{group.name}` is at 0", after)
        left = f"{group.instances} {'instance' if group.instances == 1 else 'instances'}"
        if took > self.deadline:
            return Failed(f"group `{group.name}`: {left} still there after {words(self.deadline)}", after)
        return Waiting(place.now + LOOK, f"group `{group.name}`: {left} going")


class GrowGroup(Safe):
    """``SAFE``. Sizes that somebody else gave meanwhile stay. Done when the instances take tasks."""

    name = "grow group"
    counted = "groups"
    deadline = timedelta(minutes=20)
    first_look = timedelta(seconds=10)

    def before(self, place: Scope, step: Step) -> Facts:
        return {"sizes": _json(_one(place, step).sizes)}

    def act(self, place: Scope, record: StepRecord) -> Facts:
        group = _one(place, record.step)
        if not at_zero(group.sizes) and not record.step.arguments.get("always"):
            return {"found": _json(group.sizes)}
        with asked_again():
            receipt = place.capacities.resize(group.name, _sizes(record.step))
        return {"request_ids": [receipt.request_id]}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        group, took = _one(place, record.step), _took(place, record)
        after: dict[str, Json] = {"after": sizes_of(group)}
        if at_zero(group.sizes):
            return _resized(place, group, took, after)
        said = f"group `{group.name}`: {group.ready} of {group.sizes.desired} instances take tasks"
        if group.ready >= group.sizes.desired:
            return Done(said, after)
        if took > self.deadline:
            return Failed(f"{said} after {words(self.deadline)}", after)
        return Waiting(place.now + LOOK, said)


def _resized(place: Scope, group: CapacityGroup, took: timedelta, after: dict[str, Json]) -> Verdict:
    """Not the sizes we gave: an older answer at first, then somebody's, which is told and not fought."""
    if took <= ANSWERED_FOR:
        return Waiting(place.now + LOOK, f"group `{group.name}`: waiting for its new sizes to be shown")
    return Failed(f"group `{group.name}` was set to {group.sizes.desired} by something else meanwhile", after)


def _one(place: Scope, step: Step) -> CapacityGroup:
    own = [s.name for s in place.services.members().own]
    found = {g.name: g for g in groups_of(place, place.services.summaries(own))}
    if step.on not in found:
        raise Absent(f"No service of `{place.environment.name}` runs on a group `{step.on}` any more.")
    return found[step.on]


def _took(place: Scope, record: StepRecord) -> timedelta:
    return place.now - (record.began_at or place.now)


def _json(sizes: GroupFacts) -> dict[str, Json]:
    return {"minimum": sizes.minimum, "maximum": sizes.maximum, "desired": sizes.desired}


def _sizes(step: Step) -> GroupFacts:
    low, high, wanted = (int(str(step.arguments[key])) for key in ("minimum", "maximum", "desired"))
    return GroupFacts(low, high, wanted)


KINDS = (ShrinkGroup(), GrowGroup())
