"""What is said of an override that was written, and of one that was removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from policies.schedule.overrides import Override
from policies.schedule.standing import FOR_EVER, Seen, Standing, said_as_typed, said_in_full, says, words

STILL_HOLDS = "It still holds: the database did not take its end."
_WORDS = {"up": "on", "down": "off"}


@dataclass(frozen=True)
class Keeping:
    """What keeps an environment. ``ours``: by this operation; ``zone``: the environment's; ``typed``: the one
    somebody wrote with the time. ``then_on``: until when its schedule has it on after that, if it has;
    ``beside``: what else is said."""

    held: Override
    ours: bool
    zone: tzinfo
    typed: str = ""
    then_on: datetime | None = None
    beside: str = ""


def on_its_way(seen: Seen) -> str:
    """What is said with a keep while its environment starts or stops."""
    return f"It is {seen} now." if seen in ("starting", "stopping") else ""


def stays(keeping: Keeping, now: datetime) -> str:
    held, zone = keeping.held, keeping.zone
    theirs = "" if keeping.ours else f" already: {held.actor_name} keeps it"
    why = f": {held.reason}" if held.reason else ""
    end = said_as_typed(held.end, zone, keeping.typed if keeping.ours else "", now)
    beside = f" {keeping.beside}" if keeping.beside else ""
    is_so = f"`{held.environment}` stays {_WORDS[held.state]}"
    return f"{is_so} until {end}{theirs}{_then(keeping.then_on, zone, now)}{why}.{beside}"


def _then(on: datetime | None, zone: tzinfo, now: datetime) -> str:
    if on is None:
        return ""
    until = "for good" if on >= FOR_EVER else f"until {said_in_full(on, zone, now)}"
    return f", and then by its schedule {until}"


def removed(environment: str, stands: Standing, now: datetime) -> str:
    """``stands``: as it does by its schedule."""
    return f"The override of `{environment}` is removed; {says(stands, now)}."


def removed_for(environment: str, stands: Standing, now: datetime) -> str:
    """Another override is in force, by which it ``stands``."""
    return f"The override of `{environment}` is removed; it is {words(stands, now)}."
