"""Write an override, or give one back: an exception to the schedule that always ends by itself.

The override's id is its operation's, so that a repeat after a kill writes nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.ports.scope import Scope
from handlers.steps.safe import Safe
from handlers.tell.steps import override as tell
from handlers.words.codec import encode
from handlers.words.plan import Json, Step
from handlers.words.step import Acted, Begun, End, Left, Verdict
from policies.access.people import actor_name
from policies.schedule.overrides import Asked, Override, in_force
from policies.schedule.schedule import parse
from policies.schedule.standing import left_on_after, standing, zone_of
from policies.schedule.transitions import AT_THE_LATEST


@dataclass(frozen=True)
class Overriding:
    """``since`` inclusive, ``until`` exclusive. ``zone``: the one somebody wrote with the time. ``shortens``:
    the override that may end sooner for it, by id."""

    state: Literal["up", "down"]
    since: datetime
    until: datetime
    reason: str = ""
    zone: str = ""
    shortens: str = ""
    told: str = ""
    """What is said beside."""


@dataclass(frozen=True)
class Again:
    """What somebody kept until then, before another took its place."""

    state: Literal["up", "down"]
    until: datetime
    reason: str = ""
    actor: str = ""
    actor_name: str = ""


@dataclass(frozen=True)
class Ending:
    """``override``: its id. ``again``: what holds again after it, if anything. ``told``: what is said of its
    end, where that is not for its own sake."""

    override: str
    again: tuple[Again, ...] = ()
    told: str = ""


@dataclass(frozen=True)
class Overridden:
    """``override``: the id of the one in force, before the call and after it."""

    override: str = ""


@dataclass(frozen=True)
class Ended:
    """``ended``: whether it held until then."""

    ended: bool = False


def override_step(asked: Asked, since: datetime, *, shortens: str = "", told: str = "") -> Step:
    """``since`` inclusive, the end exclusive. Among other steps its ``after`` is set by ``replace``."""
    intent = Overriding(asked.state, since, asked.until, asked.reason, asked.zone, shortens, told)
    return Step("override", arguments=encode(intent))


def end_override_step(override: Override, *, again: Override | None = None, told: str = "") -> Step:
    kept = (Again(o.state, o.until, o.reason, o.actor, o.actor_name) for o in (again,) if o)
    return Step("end override", arguments=encode(Ending(override.id, tuple(kept), told)))


class WriteOverride(Safe[Overriding, Overridden]):
    """``SAFE``: the same id again changes nothing. It takes the place of the one in force, unless that lasts
    longer and was not to be shortened."""

    name = "override"
    intent = Overriding
    evidence = Overridden

    def before(self, place: Scope, on: str, intent: Overriding) -> Overridden:
        current = _held(place)
        return Overridden(current.id if current else "")

    def act(self, place: Scope, step: Begun[Overriding, Overridden]) -> Acted[Overridden]:
        override, held = _override(place, step.intent), _held(place)
        if held is not None and _outlasts(held, override, step.intent.shortens):
            return Acted(Overridden(held.id))  # two people pressed at once
        place.book.overrides.put(override)
        return Acted(Overridden(override.id))

    def look(self, place: Scope, step: Begun[Overriding, Overridden]) -> Verdict[Overridden]:
        zone, held = zone_of(place.environment, place.schedule), _held(place)
        if held is None or held.id != step.evidence.override:
            held = _override(place, step.intent)
        ours = held.id == place.operation_id
        kept = tell.Keeping(held, ours, zone, step.intent.zone, _then_on(place, held), step.intent.told)
        after: dict[str, Json] = {"state": held.state, "until": held.end.isoformat()}
        if ours:  # undoing what shortened another would not bring that back
            after |= {"id": held.id, "zone": str(zone), "undoable": not step.intent.shortens}
        return Verdict(End.DONE, tell.stays(kept, place.now), left=Left({"override": after}, tell=True))


class EndOverride(Safe[Ending, Ended]):
    """``SAFE``: one that has ended stays as it ended, and what holds again is written once, under the id of
    the operation."""

    name = "end override"
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


def _outlasts(held: Override, override: Override, shortens: str) -> bool:
    """Whether the one in force already keeps it so, for as long or longer."""
    if held.state != override.state or held.id == override.id:
        return False
    return held.end == override.until or (held.end > override.until and held.id != shortens)


def _then_on(place: Scope, held: Override) -> datetime | None:
    """Until when its schedule leaves it on after what keeps it on has ended; ``None`` where it does not."""
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


KINDS = (WriteOverride(), EndOverride())
