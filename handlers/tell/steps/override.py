"""Composes what is said of an override that was written or removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from policies.schedule.overrides import Override
from policies.schedule.standing import (
    FOR_EVER,
    Seen,
    Standing,
    said_as_typed,
    said_in_full,
    says,
    seen_from,
    words,
)

DID_NOT_BEGIN = "It was cancelled before it could begin."
STILL_HOLDS = "It still holds: the database did not take its end."
_WORDS = {"up": "on", "down": "off"}


@dataclass(frozen=True)
class Keeping:
    """What keeps an environment. ``ours`` says that this operation set it. ``zone`` is the environment's;
    ``typed`` is the zone that somebody wrote with the time. ``then_on`` is the time until which the schedule
    has the environment on afterwards, if it does. ``beside`` is a further sentence. ``cut_by`` is the planned
    override with whose beginning it ends.
    """

    held: Override
    ours: bool
    zone: tzinfo
    typed: str = ""
    then_on: datetime | None = None
    beside: str = ""
    cut_by: Override | None = None


def on_its_way(seen: Seen) -> str:
    """The remark with a keep while its environment starts or stops."""
    return f"It is {seen} now." if seen in ("starting", "stopping") else ""


def stays(keeping: Keeping, now: datetime) -> str:
    held, zone = keeping.held, keeping.zone
    if not held.begun:
        return _planned(keeping, now)
    theirs = "" if keeping.ours else f" already: {held.actor_name} keeps it"
    why = f": {held.reason}" if held.reason else ""
    end = said_as_typed(held.end, zone, keeping.typed if keeping.ours else "", now)
    beside = f" {keeping.beside}" if keeping.beside else ""
    is_so, then = f"`{held.environment}` stays {_WORDS[held.state]}", _then(keeping.then_on, zone, now)
    if (cut := keeping.cut_by) is not None:
        end, whose = said_in_full(cut.since, zone, now), f"{cut.actor_name or 'somebody'}'s plan"
        then = f", when {whose} to keep it {_WORDS[cut.state]} begins"
    return f"{is_so} until {end}{theirs}{then}{why}.{beside}"


def _planned(keeping: Keeping, now: datetime) -> str:
    """Say what will be, of an override that begins later."""
    held, zone = keeping.held, keeping.zone
    since = said_as_typed(held.since, zone, keeping.typed, now, goes_on=True)
    seen = seen_from(held.since, held.until, zone, now)
    end = said_as_typed(held.until, zone, keeping.typed, seen)
    why, then = f": {held.reason}" if held.reason else "", _then(keeping.then_on, zone, now)
    if held.not_begun:
        return (
            f"`{held.environment}` was to be kept {_WORDS[held.state]} from {since} until {end}{then}{why}. "
            f"That has not begun yet: {held.not_begun}"
        )
    return f"`{held.environment}` will be kept {_WORDS[held.state]} from {since} until {end}{then}{why}."


def _then(on: datetime | None, zone: tzinfo, now: datetime) -> str:
    if on is None:
        return ""
    until = "for good" if on >= FOR_EVER else f"until {said_in_full(on, zone, now)}"
    return f", and then by its schedule {until}"


def removed(environment: str, stands: Standing, now: datetime) -> str:
    """Say that the override is removed. ``stands`` is the standing by the schedule."""
    return f"The override of `{environment}` is removed; {says(stands, now)}."


def removed_for(environment: str, stands: Standing, now: datetime) -> str:
    """Say that the override is removed while another one is in force, which ``stands`` describes."""
    return f"The override of `{environment}` is removed; it is {words(stands, now)}."
