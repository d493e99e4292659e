"""Steps that write an override, let a planned one begin, or remove one. An override is an exception to the
schedule that always ends by itself.

The override's id is its operation's, so that a repeat after a kill writes nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Literal

from handlers.ports.scope import Scope
from handlers.steps.safe import Safe
from handlers.tell.steps import override as tell
from handlers.words.codec import encode
from handlers.words.plan import Json, Step
from handlers.words.step import Acted, Begun, End, Left, Verdict
from policies.access.people import actor_name
from policies.schedule.overrides import Asked, Override, cut_short, in_force
from policies.schedule.schedule import parse
from policies.schedule.standing import left_on_after, standing, zone_of
from policies.schedule.transitions import AT_THE_LATEST


@dataclass(frozen=True)
class Overriding:
    """An override to write. ``since`` is inclusive, ``until`` exclusive. ``zone``: the time zone that
    somebody wrote with the time. ``shortens``: the id of an override that may end sooner because of this one.
    """

    state: Literal["up", "down"]
    since: datetime
    until: datetime
    reason: str = ""
    zone: str = ""
    shortens: str = ""
    told: str = ""
    """A note told together with the result."""
    planned: bool = False
    """Whether it begins later."""
    instead_of: tuple[str, ...] = ()
    """The ids of the planned overrides that a planned one replaces."""


@dataclass(frozen=True)
class Again:
    """What somebody kept until then, before another override replaced it."""

    state: Literal["up", "down"]
    until: datetime
    reason: str = ""
    actor: str = ""
    actor_name: str = ""


@dataclass(frozen=True)
class Ending:
    """An override to end. ``override``: its id. ``again``: what holds again afterwards, if anything.
    ``told``: what is told of the end if it is part of something else.
    """

    override: str
    again: tuple[Again, ...] = ()
    told: str = ""


@dataclass(frozen=True)
class Beginning:
    """A planned override whose beginning has come. ``override``: its id."""

    override: str


@dataclass(frozen=True)
class Begins:
    """What the beginning found. ``begun``: whether the override waited for it."""

    begun: bool = False


@dataclass(frozen=True)
class Overridden:
    """What was found. ``override``: the id of the override in force, before the call and after it."""

    override: str = ""


@dataclass(frozen=True)
class Ended:
    """What ending found. ``ended``: whether the override was in force until then."""

    ended: bool = False


def override_step(asked: Asked, since: datetime, *, shortens: str = "", told: str = "") -> Step:
    """Return the step that writes this override. ``since`` is inclusive, the end exclusive. Among other steps
    its ``after`` is set by ``replace``.
    """
    intent = Overriding(asked.state, since, asked.until, asked.reason, asked.zone, shortens, told)
    return Step("override", arguments=encode(intent))


def plan_override_step(asked: Asked, since: datetime, *, instead_of: tuple[str, ...] = ()) -> Step:
    """Return the step that writes an override for later. ``instead_of``: what is planned and is replaced."""
    intent = Overriding(asked.state, since, asked.until, asked.reason, asked.zone)
    return Step("override", arguments=encode(replace(intent, planned=True, instead_of=instead_of)))


def begin_override_step(override: Override) -> Step:
    return Step("begin override", arguments=encode(Beginning(override.id)))


def end_override_step(override: Override, *, again: Override | None = None, told: str = "") -> Step:
    kept = (Again(o.state, o.until, o.reason, o.actor, o.actor_name) for o in (again,) if o)
    return Step("end override", arguments=encode(Ending(override.id, tuple(kept), told)))


class WriteOverride(Safe[Overriding, Overridden]):
    """Writes an override. ``SAFE``: writing the same id again changes nothing. It replaces the override in
    force, unless that lasts longer and was not to be shortened.
    """

    name = "override"
    at_once = True
    intent = Overriding
    evidence = Overridden

    def before(self, place: Scope, on: str, intent: Overriding) -> Overridden:
        current = _held(place)
        return Overridden(current.id if current else "")

    def act(self, place: Scope, step: Begun[Overriding, Overridden]) -> Acted[Overridden]:
        override, held = _override(place, step.intent), _held(place)
        if step.intent.planned:
            planned = replace(override, planned_at=step.began_at)
            place.book.overrides.put(planned, instead_of=step.intent.instead_of)
            return Acted(Overridden(override.id))
        if held is not None and _outlasts(held, override, step.intent.shortens):
            return Acted(Overridden(held.id))  # two people pressed at once
        place.book.overrides.put(override)
        return Acted(Overridden(override.id))

    def look(self, place: Scope, step: Begun[Overriding, Overridden]) -> Verdict[Overridden]:
        zone, held = zone_of(place.environment, place.schedule), _held(place)
        if step.intent.planned:
            return _planned(place, step, zone)
        if held is None or held.id != step.evidence.override:
            held = _override(place, step.intent)
        ours = held.id == place.operation_id
        cut = cut_short(held, place.book.overrides.current(place.now), place.now)
        then, beside = _then_on(place, held), step.intent.told
        kept = tell.Keeping(held, ours, zone, step.intent.zone, then, beside, cut_by=cut)
        after: dict[str, Json] = {"state": held.state, "until": held.end.isoformat()}
        if ours:  # undoing an override that shortened another would not restore that one
            after |= {"id": held.id, "zone": str(zone), "undoable": not step.intent.shortens}
        return Verdict(End.DONE, tell.stays(kept, place.now), left=Left({"override": after}, tell=True))


class BeginOverride(Safe[Beginning, Begins]):
    """Lets a planned override begin. ``SAFE``: one that has begun stays as it is."""

    name = "begin override"
    at_once = True
    intent = Beginning
    evidence = Begins

    def act(self, place: Scope, step: Begun[Beginning, Begins]) -> Acted[Begins]:
        return Acted(Begins(place.book.overrides.begin(step.intent.override, place.now)))

    def look(self, place: Scope, step: Begun[Beginning, Begins]) -> Verdict[Begins]:
        held = place.book.overrides.find(step.intent.override)
        if held is None or not held.begun:
            return Verdict(End.FAILED, tell.DID_NOT_BEGIN)
        after: dict[str, Json] = {"state": held.state, "until": held.end.isoformat()}
        zone = zone_of(place.environment, place.schedule)
        cut = cut_short(held, place.book.overrides.current(place.now), place.now)
        kept = tell.Keeping(held, True, zone, then_on=_then_on(place, held), cut_by=cut)
        return Verdict(End.DONE, tell.stays(kept, place.now), left=Left({"override": after}, tell=True))


class EndOverride(Safe[Ending, Ended]):
    """Ends an override. ``SAFE``: an override that has ended stays as it ended, and what holds again is
    written once, under the id of the operation.
    """

    name = "end override"
    at_once = True
    intent = Ending
    evidence = Ended

    def act(self, place: Scope, step: Begun[Ending, Ended]) -> Acted[Ended]:
        ended = place.book.overrides.end(step.intent.override, place.now, actor_name(place.actor))
        for kept in step.intent.again:
            place.book.overrides.put(_kept_again(place, kept, since=step.began_at))
        return Acted(Ended(ended))

    def look(self, place: Scope, step: Begun[Ending, Ended]) -> Verdict[Ended]:
        held = _held(place)
        if held is not None and held.id == step.intent.override:
            return Verdict(End.FAILED, tell.STILL_HOLDS)
        if step.intent.told:
            return Verdict(End.DONE, step.intent.told, left=Left({"override": None}, tell=True))
        row = place.schedule
        dates = place.holidays(parse(row.text)) if row else frozenset()
        found = standing(row, held, place.now, dates, zone=zone_of(place.environment, row))
        if held is not None:
            after: dict[str, Json] = {"state": held.state, "until": held.end.isoformat()}
            if held.id == place.operation_id:
                after |= {"id": held.id, "zone": str(zone_of(place.environment, row)), "undoable": False}
            told = tell.removed_for(place.environment.name, found, place.now)
            return Verdict(End.DONE, told, left=Left({"override": after}))
        told = tell.removed(place.environment.name, found, place.now)
        return Verdict(End.DONE, told, left=Left({"override": None}))


def _planned(place: Scope, step: Begun[Overriding, Overridden], zone: tzinfo) -> Verdict[Overridden]:
    """Return what became of an override for later."""
    held = place.book.overrides.find(step.evidence.override) or _override(place, step.intent)
    kept = tell.Keeping(held, True, zone, step.intent.zone, _then_on(place, held))
    after: dict[str, Json] = {
        "state": held.state,
        "since": held.since.isoformat(),
        "until": held.end.isoformat(),
        "id": held.id,
        "zone": str(zone),
        "undoable": True,
    }
    return Verdict(End.DONE, tell.stays(kept, place.now), left=Left({"override": after}, tell=True))


def _outlasts(held: Override, override: Override, shortens: str) -> bool:
    """Return whether the override in force already keeps the same state, for as long or longer."""
    if held.state != override.state or held.id == override.id:
        return False
    return held.end == override.until or (held.end > override.until and held.id != shortens)


def _then_on(place: Scope, held: Override) -> datetime | None:
    """Return until when the schedule leaves the environment on after the override has ended; ``None`` if it
    does not.
    """
    row = place.schedule
    if row is None:
        return None
    recent = place.book.overrides.recent(place.now - AT_THE_LATEST)
    return left_on_after(row, held, recent, place.holidays(parse(row.text)))


def _kept_again(place: Scope, kept: Again, since: datetime) -> Override:
    return Override(
        id=place.operation_id,
        environment=place.environment.name,
        state=kept.state,
        since=since,
        until=kept.until,
        reason=kept.reason,
        actor=kept.actor,
        actor_name=kept.actor_name,
    )


def _held(place: Scope) -> Override | None:
    return in_force(place.book.overrides.current(place.now), place.environment.name, place.now)


def _override(place: Scope, intent: Overriding) -> Override:
    return Override(
        id=place.operation_id,
        environment=place.environment.name,
        state=intent.state,
        since=intent.since,
        until=intent.until,
        reason=intent.reason,
        actor=place.actor.id,
        actor_name=actor_name(place.actor),
    )


KINDS = (WriteOverride(), BeginOverride(), EndOverride())
