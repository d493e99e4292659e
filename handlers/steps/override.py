"""Write an override, or give one back: an exception to the schedule that always ends by itself.

The override's id is its operation's, so that a repeat after a kill writes nothing twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from handlers.ports.scope import Scope
from handlers.steps.safe import Safe
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import Done, Failed, StepRecord, Verdict
from policies.overrides import Override, in_force
from policies.people import actor_name
from policies.schedule import parse
from policies.standing import said_in_full, says, standing, zone_of

_STATES: dict[str, Literal["up", "down"]] = {"up": "up", "down": "down"}
_WORDS = {"up": "on", "down": "off"}


def override_step(state: Literal["up", "down"], since: datetime, until: datetime, reason: str = "") -> Step:
    """``since`` inclusive, ``until`` exclusive. Among other steps its ``after`` is set by ``replace``."""
    return Step(
        "override",
        arguments={
            "state": state,
            "since": since.isoformat(),
            "until": until.isoformat(),
            "reason": reason,
        },
    )


def end_override_step(override: Override) -> Step:
    return Step("end override", arguments={"override": override.id})


class WriteOverride(Safe):
    """``SAFE``: the same id again changes nothing. It takes the place of the one in force."""

    name = "override"

    def before(self, place: Scope, step: Step) -> Facts:
        current = in_force(place.book.overrides.current(place.now), place.environment.name, place.now)
        return {"override": current.id if current else ""}

    def act(self, place: Scope, record: StepRecord) -> Facts:
        override = _override(place, record.step)
        held = in_force(place.book.overrides.current(place.now), override.environment, place.now)
        if held is not None and (held.state, held.until) == (override.state, override.until):
            return {"override": held.id}  # two people pressed at once
        place.book.overrides.put(override)
        return {"override": override.id}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        arguments = record.step.arguments
        until = datetime.fromisoformat(str(arguments["until"]))
        zone = zone_of(place.environment, place.schedule)
        why = f": {arguments['reason']}" if arguments["reason"] else ""
        word = _WORDS[str(arguments["state"])]
        after: dict[str, Json] = {"state": arguments["state"], "until": arguments["until"]}
        after["id"] = record.evidence.get("override")
        told = f"`{place.environment.name}` stays {word} until {said_in_full(until, zone, place.now)}{why}."
        return Done(told, {"after": {"override": after}, "tell": True})


class EndOverride(Safe):
    """``SAFE``: one that has ended stays as it ended."""

    name = "end override"

    def act(self, place: Scope, record: StepRecord) -> Facts:
        name = str(record.step.arguments["override"])
        return {"ended": place.book.overrides.end(name, place.now, actor_name(place.actor))}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        held = in_force(place.book.overrides.current(place.now), place.environment.name, place.now)
        if held is not None and held.id == record.step.arguments["override"]:
            return Failed("It still holds: the database did not take its end.")
        row = place.schedule
        dates = place.holidays(parse(row.text)) if row else frozenset()
        own = standing(row, held, place.now, dates, zone=zone_of(place.environment, row))
        return Done(f"given back; {says(own, place.now)}.", {"after": {"override": None}})


def _override(place: Scope, step: Step) -> Override:
    arguments = step.arguments
    return Override(
        id=place.operation_id,
        environment=place.environment.name,
        state=_STATES[str(arguments["state"])],
        since=datetime.fromisoformat(str(arguments["since"])),
        until=datetime.fromisoformat(str(arguments["until"])),
        reason=str(arguments["reason"]),
        actor=place.actor.id,
        actor_name=actor_name(place.actor),
    )


KINDS = (WriteOverride(), EndOverride())
