"""`/env start staging`, `/env start staging 4h`: start the databases first, then the services in waves, as
they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated

from handlers.now import held_now, meant, under_way
from handlers.ports.scope import Scope
from handlers.steps.capacity import batches, count_of, refuse_step, restore_step, set_desired_step
from handlers.steps.capacity_groups import groups_of, grow_step, sizes_of
from handlers.steps.database import state_of
from handlers.steps.override import override_step
from handlers.steps.said import said_before, say_step
from handlers.steps.write_schedule import end_by_step
from handlers.tell import start as tell
from handlers.tell.keep import instead
from handlers.words.arguments import Hidden, named, sentence
from handlers.words.errors import Trouble
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Json, Plan, Step
from handlers.words.result import Choice, Refusal
from policies.access.decision import Refused, refuse
from policies.access.people import ClockActor, Role
from policies.capacity import starting
from policies.capacity.databases import sharing
from policies.capacity.rules import Count, starting_count
from policies.capacity.starting import Found, Moment, Stay
from policies.capacity.stopping import uncounted
from policies.schedule.overrides import Asked
from policies.schedule.schedule import Holidays, parse
from policies.schedule.standing import zone_of
from policies.times.instants import TimeError, When


class Image(StrEnum):
    """What to start if a service's image is gone."""

    NEW = "new"


def mistaken(scope: Scope, until: When | None = None, **_bound: object) -> Refusal | None:
    """Judge the end that was asked for, if any."""
    stays = _stay(scope, until) if until else None
    return Refusal(stays) if isinstance(stays, Refused) else None


@operation(
    "start",
    purpose=Purpose.TONIGHT,
    role=Role.DEVELOPER,
    changes=True,
    mistaken=mistaken,
    verb=Verb("starting", "started", "did not start"),
    conflicts="deployment",
    cancels=("stop",),
    brings="up",
    undone_by="resume",
    aliases=("wake", "wake up", "start up"),
)
def start(
    scope: Scope,
    until: Annotated[When | None, sentence("outside its schedule, for how long or until when", "4h")] = None,
    image: Annotated[Image | None, named("for a service whose image is gone from the registry")] = None,
    fallback: Hidden[bool] = False,
    flag: Hidden[str] = "",
    retry_of: Hidden[str] = "",
) -> Plan | Refusal | Choice:
    """Start a whole environment as it was: databases, then services, then their autoscaling.

    ``fallback``: start although nothing is saved. ``flag`` and ``retry_of`` come from the clock, for the
    record.
    """
    stays = _stay(scope, until)
    if isinstance(stays, Refused):
        return Refusal(stays)
    if until is not None and until.rough:
        zone = zone_of(scope.environment, scope.schedule)
        return tell.shown_first(scope.environment.name, meant(scope, until), until.text, at=(zone, scope.now))
    found = _found(scope, guess=fallback)
    if found.lost:
        if isinstance(scope.actor, ClockActor):
            return tell.nothing_saved(scope.environment.name)
        if not found.guess:
            return _confirm(scope, found, until)
    gone = _gone(scope, found)
    return Plan(
        doing="starting",
        steps=_steps(scope, found, stays, Gone(gone, anew=image is Image.NEW)),
        before=_before(found),
        notes=(
            *tell.notes(found, stays),
            *_instead(scope, stays),
            *(tell.gone(gone.values()) if image is not Image.NEW else ()),
        ),
        needs=Role.OPERATOR if stays.long else None,
    )


def _stay(scope: Scope, until: When | None) -> Stay | Refused:
    if isinstance(scope.actor, ClockActor):
        return Stay()
    zone, row = zone_of(scope.environment, scope.schedule), scope.schedule
    try:
        asked = meant(scope, until) if until else None
    except TimeError as error:
        return refuse("start.time", str(error))
    days: Holidays = scope.holidays(parse(row.text)) if row else frozenset()
    return starting.stay(
        row, held_now(scope), Moment(scope.now, zone, days), asked=asked, environment=scope.environment
    )


def _instead(scope: Scope, stays: Stay) -> tuple[str, ...]:
    """Say whose keep the end of this start replaces."""
    if stays.until is None:
        return ()
    return instead(held_now(scope), zone_of(scope.environment, scope.schedule), scope.now)


def _found(scope: Scope, *, guess: bool) -> Found:
    """Read the environment. Services are read before what is saved of them: a stop under way saves a service
    before setting it to zero.
    """
    own = [s.name for s in scope.services.members().own if f"{s.cluster}/{s.name}" not in scope.running_on]
    services = tuple(f for f in scope.services.summaries(own) if not uncounted(f))
    return Found(
        services,
        scope.scaling.facts([f.name for f in services]),
        scope.databases.facts(),
        scope.book.capacities.find(scope.environment.name),
        groups_of(scope, services),
        interrupting=under_way(scope) is not None,
        guess=guess,
    )


def _gone(scope: Scope, found: Found) -> dict[str, str]:
    """Return the services to be started whose image is gone, and why that matters. This is advice only: if
    the registry does not answer, the start goes ahead.
    """
    reasons: dict[str, str] = {}
    for name in found.counts():
        facts = scope.services.facts(name)
        resolved = {i.image: d for i in facts.images if (d := facts.digests.get(i.container))}
        try:
            missing = scope.images.missing(resolved) if resolved else frozenset[str]()
        except Trouble:
            continue
        if why := starting.image_gone(facts, missing):
            reasons[name] = why
    return reasons


@dataclass(frozen=True)
class Gone:
    """Services whose image is gone, with the reason. ``anew``: deploy them with the image that the tag names
    now.
    """

    why: Mapping[str, str]
    anew: bool


@dataclass
class Course:
    """Steps as they are added. ``ready``: the positions of the steps that the next ones wait for."""

    steps: list[Step] = field(default_factory=list)
    ready: tuple[int, ...] = ()

    def add(self, *steps: Step) -> tuple[int, ...]:
        """Add steps in parallel, after those that are ready; return their positions."""
        first = len(self.steps)
        self.steps += [replace(step, after=self.ready) for step in steps]
        return tuple(range(first, len(self.steps)))

    def then(self, *steps: Step) -> None:
        """Add steps that the next ones wait for."""
        if steps:
            self.ready = self.add(*steps)


def _steps(scope: Scope, found: Found, stays: Stay, gone: Gone) -> tuple[Step, ...]:
    """Return the steps. The end comes first, so that the environment is never on without an end; what is
    saved is forgotten last.
    """
    course = Course()
    if stays.until is not None:
        course.then(override_step(Asked("up", stays.until, tell.BY_HAND), scope.now))
    if stays.ends is not None:
        course.then(end_by_step(stays.ends))
    shares = any(sharing(d, scope.neighbours) for d in scope.environment.databases)
    if found.saved and (shares or found.saved.groups):
        course.then(Step("take databases"))
    first = course.ready
    databases = course.add(*(Step("start database", on=f.database) for f in found.fates if f.do == "start"))
    groups = course.add(*(grow_step(g, sizes, always=found.interrupting) for g, sizes in found.to_grow()))
    if databases:
        course.ready = databases
        databases = course.add(Step("go on"))
    course.ready = (*databases, *groups) or first
    counts = found.counts()
    refused = {} if gone.anew else gone.why
    able = {name: count for name, count in counts.items() if name not in refused}
    _add_services((scope, found), course, able, gone)
    course.ready = first
    course.add(*(refuse_step(name, why) for name, why in refused.items()))
    course.add(*(set_desired_step(f.name, f.desired) for f in found.short()))
    for facts in found.services:
        scaling = found.to_restore(facts.name)
        if facts.name not in counts and scaling is not None:
            course.add(restore_step(facts.name, scaling))
    lasting = [tell.left_at_zero(f.name) for f in found.unsaved()]
    lasting += [f.why for f in found.fates if f.for_good and course.steps]
    known = said_before(scope) if lasting else frozenset[str]()
    if new := [said for said in lasting if said not in known]:
        course.add(say_step(new))
    if found.saved or found.interrupting:
        course.ready = tuple(range(len(course.steps)))
        course.add(Step("forget saved"))
    return tuple(course.steps)


def _add_services(
    where: tuple[Scope, Found], course: Course, counts: Mapping[str, Count], gone: Gone
) -> None:
    """Add the services, wave by wave, each with its autoscaling after it.

    A wave begins once the wave before has ended, even if it failed: a service that does not come up is named
    and holds up nothing after it.
    """
    scope, found = where
    together = batches(list(counts))
    for number, wave in enumerate(starting.waves(scope.environment.start_order, list(counts))):
        if number:
            course.then(Step("go on"))
        anew = [name for name in wave if name in gone.why]
        steps = (set_desired_step(n, counts[n].tasks, together[n], wait=n not in anew) for n in wave)
        up = dict(zip(wave, course.add(*steps), strict=True))
        for name in anew:
            course.ready = (up[name],)
            (up[name],) = course.add(Step("deploy", on=name))
        for name, place in up.items():
            scaling = found.to_restore(name)
            if scaling is not None:
                course.ready = (place,)
                course.add(restore_step(name, scaling))
        course.ready = tuple(up.values())


def _before(found: Found) -> dict[str, Json]:
    before: dict[str, Json] = {}
    for facts in found.services:
        before |= count_of(facts)
    for database in found.databases:
        before |= state_of(database)
    for group in found.groups:
        before |= sizes_of(group)
    return before


def _confirm(scope: Scope, found: Found, until: When | None) -> Choice:
    counts = {f.name: starting_count(found.saved, f.name, found.scaling.get(f.name)) for f in found.services}
    arguments = {"fallback": "yes", **({"until": until.text} if until else {})}
    return tell.with_these_counts(scope.environment.name, counts, arguments)
