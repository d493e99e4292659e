"""Write an override, or give one back: an exception to the schedule that always ends by itself.

The override's id is its operation's, so that a repeat after a kill writes nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.ports.scope import Scope
from handlers.steps.safe import Safe
from handlers.words.codec import encode
from handlers.words.plan import Json, Step
from handlers.words.step import Acted, Begun, End, Left, Verdict
from policies.access.people import actor_name
from policies.schedule.overrides import Override, in_force
from policies.schedule.schedule import parse
from policies.schedule.standing import said_as_typed, says, standing, zone_of

_WORDS = {"up": "on", "down": "off"}


@dataclass(frozen=True)
class Overriding:
    """``since`` inclusive, ``until`` exclusive. ``zone``: the one somebody wrote with the time."""

    state: Literal["up", "down"]
    since: datetime
    until: datetime
    reason: str = ""
    zone: str = ""


@dataclass(frozen=True)
class Ending:
    """``override``: its id."""

    override: str


@dataclass(frozen=True)
class Overridden:
    """``override``: the id of the one in force, before the call and after it."""

    override: str = ""


@dataclass(frozen=True)
class Ended:
    """``ended``: whether it held until then."""

    ended: bool = False


def override_step(
    state: Literal["up", "down"], since: datetime, until: datetime, reason: str = "", *, zone: str = ""
) -> Step:
    """``since`` inclusive, ``until`` exclusive. ``zone``: the one somebody wrote with the time, which is said
    beside the schedule's. Among other steps its ``after`` is set by ``replace``."""
    return Step("override", arguments=encode(Overriding(state, since, until, reason, zone)))


def end_override_step(override: Override) -> Step:
    return Step("end override", arguments=encode(Ending(override.id)))


class WriteOverride(Safe[Overriding, Overridden]):
    """``SAFE``: the same id again changes nothing. It takes the place of the one in force."""

    name = "override"
    intent = Overriding
    evidence = Overridden

    def before(self, place: Scope, on: str, intent: Overriding) -> Overridden:
        current = _held(place)
        return Overridden(current.id if current else "")

    def act(self, place: Scope, step: Begun[Overriding, Overridden]) -> Acted[Overridden]:
        override, held = _override(place, step.intent), _held(place)
        if held is not None and (held.state, held.until) == (override.state, override.until):
            return Acted(Overridden(held.id))  # two people pressed at once
        place.book.overrides.put(override)
        return Acted(Overridden(override.id))

    def look(self, place: Scope, step: Begun[Overriding, Overridden]) -> Verdict[Overridden]:
        intent, zone = step.intent, zone_of(place.environment, place.schedule)
        why = f": {intent.reason}" if intent.reason else ""
        until = said_as_typed(intent.until, zone, intent.zone, place.now)
        told = f"`{place.environment.name}` stays {_WORDS[intent.state]} until {until}{why}."
        after: dict[str, Json] = {
            "state": intent.state,
            "until": intent.until.isoformat(),
            "id": step.evidence.override,
        }
        return Verdict(End.DONE, told, left=Left({"override": after}, tell=True))


class EndOverride(Safe[Ending, Ended]):
    """``SAFE``: one that has ended stays as it ended."""

    name = "end override"
    intent = Ending
    evidence = Ended

    def act(self, place: Scope, step: Begun[Ending, Ended]) -> Acted[Ended]:
        ended = place.book.overrides.end(step.intent.override, place.now, actor_name(place.actor))
        return Acted(Ended(ended))

    def look(self, place: Scope, step: Begun[Ending, Ended]) -> Verdict[Ended]:
        held = _held(place)
        if held is not None and held.id == step.intent.override:
            return Verdict(End.FAILED, "It still holds: the database did not take its end.")
        row = place.schedule
        dates = place.holidays(parse(row.text)) if row else frozenset()
        own = standing(row, held, place.now, dates, zone=zone_of(place.environment, row))
        return Verdict(End.DONE, f"given back; {says(own, place.now)}.", left=Left({"override": None}))


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
