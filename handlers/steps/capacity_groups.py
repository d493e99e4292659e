"""Auto Scaling groups: set to zero after everything on them has stopped, restored before anything starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from handlers.ports.scope import Scope
from handlers.steps.capacity import ANSWERED_FOR, asked_again
from handlers.steps.safe import Safe
from handlers.tell.steps import capacity_groups as tell
from handlers.words.codec import encode
from handlers.words.errors import Absent
from handlers.words.plan import Json, Step
from handlers.words.step import Acted, Begun, End, Left, Nothing, Verdict, waits
from policies.capacity.facts import GroupFacts
from policies.capacity.groups import CapacityGroup, at_zero, down, kept_on, providers_of, shrunk
from policies.service.facts import ServiceFacts

LOOK = timedelta(seconds=15)
"""Time between looks, our own choice: as long as between later looks at a service (``capacity.LATER``)."""


def groups_of(place: Scope, services: Sequence[ServiceFacts]) -> tuple[CapacityGroup, ...]:
    """Return the groups on which these services run; makes no call if nothing runs on instances."""
    providers = providers_of(services)
    return place.capacities.groups(providers) if providers else ()


def others_down(place: Scope, group: CapacityGroup) -> frozenset[str]:
    """Return the other environments on the group that do not need it now, according to the book."""
    named = {name for claims in group.services.values() for name in claims}
    others = [e for e in place.neighbours if e.name in named]
    found = {e.name: place.book.capacities.find(e.name) for e in others}
    return down(group.name, others, {name: saved for name, saved in found.items() if saved})


@dataclass(frozen=True)
class Growing:
    """The sizes to set. ``always``: set them even if the group has instances, since a stop that was cancelled
    may yet remove those.
    """

    minimum: int
    maximum: int
    desired: int
    always: bool = False


@dataclass(frozen=True)
class Shrunk:
    """What shrinking found. ``sizes``: before the call. ``left_on``: why the group is kept as it is."""

    sizes: GroupFacts | None = None
    left_on: str = ""


@dataclass(frozen=True)
class Grown:
    """What growing found. ``sizes``: before the call. ``found``: the sizes that somebody set meanwhile, which
    stay.
    """

    sizes: GroupFacts | None = None
    found: GroupFacts | None = None


def shrink_step(group: CapacityGroup, *, after: tuple[int, ...] = ()) -> Step:
    return Step("shrink group", on=group.name, after=after)


def grow_step(group: CapacityGroup, sizes: GroupFacts, *, always: bool) -> Step:
    intent = Growing(sizes.minimum, sizes.maximum, sizes.desired, always)
    return Step("grow group", on=group.name, arguments=encode(intent))


def sizes_of(group: CapacityGroup) -> dict[str, Json]:
    """Return what an audit entry keeps of a group before and after."""
    sizes = group.sizes
    held: dict[str, Json] = {
        "minimum": sizes.minimum,
        "maximum": sizes.maximum,
        "desired": sizes.desired,
    }
    return {f"group {group.name}": held}


class ShrinkGroup(Safe[Nothing, Shrunk]):
    """Sets a group to zero. ``SAFE``. Anything still on the group keeps it up, the environment's own services
    included: what could not be stopped runs on.
    """

    name = "shrink group"
    intent = Nothing
    evidence = Shrunk
    counted = "groups"
    deadline = timedelta(minutes=30)
    first_look = timedelta(seconds=10)

    def before(self, place: Scope, on: str, intent: Nothing) -> Shrunk:
        return Shrunk(_one(place, on).sizes)

    def act(self, place: Scope, step: Begun[Nothing, Shrunk]) -> Acted[Shrunk]:
        group = _one(place, step.on)
        if why := kept_on(group, place.environment.name, others_down(place, group), seen=place.seen):
            return Acted(Shrunk(left_on=why))
        with asked_again():
            receipt = place.capacities.resize(group.name, shrunk(group.sizes))
        return Acted(request_ids=(receipt.request_id,))

    def look(self, place: Scope, step: Begun[Nothing, Shrunk]) -> Verdict[Shrunk]:
        group, took = _one(place, step.on), place.now - step.began_at
        after = Left(sizes_of(group))
        if why := step.evidence.left_on:
            return Verdict(End.DONE, why, left=replace(after, tell=True))
        if not at_zero(group.sizes):
            return _resized(place, group, took)
        if not group.instances:
            return Verdict(End.DONE, tell.at_zero(group.name), left=after)
        if took > self.deadline:
            said = tell.still_there(group.name, group.instances, after=self.deadline)
            return Verdict(End.FAILED, said, left=after)
        return waits(place.now + LOOK, tell.going(group.name, group.instances))


class GrowGroup(Safe[Growing, Grown]):
    """Restores a group's sizes. ``SAFE``. Sizes that somebody else set meanwhile stay. Done when the
    instances take tasks.
    """

    name = "grow group"
    intent = Growing
    evidence = Grown
    counted = "groups"
    deadline = timedelta(minutes=20)
    first_look = timedelta(seconds=10)

    def before(self, place: Scope, on: str, intent: Growing) -> Grown:
        return Grown(_one(place, on).sizes)

    def act(self, place: Scope, step: Begun[Growing, Grown]) -> Acted[Grown]:
        group, intent = _one(place, step.on), step.intent
        if not at_zero(group.sizes) and not intent.always:
            return Acted(Grown(found=group.sizes))
        sizes = GroupFacts(intent.minimum, intent.maximum, intent.desired)
        with asked_again():
            receipt = place.capacities.resize(group.name, sizes)
        return Acted(request_ids=(receipt.request_id,))

    def look(self, place: Scope, step: Begun[Growing, Grown]) -> Verdict[Grown]:
        group, took = _one(place, step.on), place.now - step.began_at
        if at_zero(group.sizes):
            return _resized(place, group, took)
        after = Left(sizes_of(group))
        ready, desired = group.ready, group.sizes.desired
        said = tell.taking_tasks(group.name, ready, desired)
        if ready >= desired:
            return Verdict(End.DONE, said, left=after)
        if took > self.deadline:
            late = tell.taking_tasks(group.name, ready, desired, after=self.deadline)
            return Verdict(End.FAILED, late, left=after)
        return waits(place.now + LOOK, said)


def _resized(place: Scope, group: CapacityGroup, took: timedelta) -> Verdict[Any]:
    """Return the verdict on sizes that are not ours: at first a stale answer, later set by somebody else,
    which is reported and not fought.
    """
    if took <= ANSWERED_FOR:
        return waits(place.now + LOOK, tell.not_shown_yet(group.name))
    said = tell.set_by_others(group.name, group.sizes.desired)
    return Verdict(End.FAILED, said, left=Left(sizes_of(group)))


def _one(place: Scope, name: str) -> CapacityGroup:
    own = [s.name for s in place.services.members().own]
    found = {g.name: g for g in groups_of(place, place.services.summaries(own))}
    if name not in found:
        raise Absent(tell.absent(name, place.environment.name))
    return found[name]


KINDS = (ShrinkGroup(), GrowGroup())
