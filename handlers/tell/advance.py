"""Composes what the gate itself says of a step of any kind, and of all the steps of an operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal

from handlers.tell.wording import listed
from policies.times.instants import words

LEFT_OUT = "left out"
TOO_LATE = "Nothing was done: it was found too late."
DEFECT = "The bot has a defect here; its log says more."
NOTHING_TO_DO = "nothing had to change"

GONE = "its environment is gone"
CHANGED = "its environment was changed in the catalog meanwhile"
CLOSED = "its environment is closed now"
UNSCHEDULED = "its schedule was taken away meanwhile"
"""Reasons why nothing further may be done, for ``interrupted``."""


def kept(who: str, state: Literal["up", "down"]) -> str:
    """The reason, for ``interrupted``, if a person's override is in the way."""
    return f"{who} keeps it {'on' if state == 'up' else 'off'} now"


def no_such_kind(kind: str) -> str:
    """The reason, for ``interrupted``, if another release planned the step."""
    return f"this release knows no step {kind!r}"


def interrupted(why: str) -> str:
    return f"{why[:1].upper()}{why[1:]}."


def stopped_short(why: str, so_far: str) -> str:
    """Say that no further slice of a step's work may be done, and what was done until then."""
    return f"{interrupted(why)} Until then: {so_far}."


def nothing_done(sentence: str) -> str:
    return f"{sentence} Nothing was done."


def looking(sentence: str) -> str:
    """Say that the answer to a call was lost."""
    return f"{sentence} Looking whether it happened."


def no_telling(sentence: str) -> str:
    """Say that a step began and that nothing more is known of it."""
    return f"Cannot tell how it ended. {sentence}"


def gone_meanwhile(sentence: str, *, made: bool) -> str:
    """Say that the changed thing no longer exists. ``made`` tells whether the change was answered."""
    what = "The change was made; how it ended" if made else "Whether the change was made"
    return f"{what} cannot be told. {sentence}"


def waiting(sentence: str) -> str:
    """Say that the step waits for facts, or for room in a rate-limit bucket."""
    return f"waiting for AWS: {sentence}"


def asking_again(sentence: str) -> str:
    """Say that AWS does not accept the call now."""
    return f"asking AWS again: {sentence}"


def never_began(sentence: str, *, waited: timedelta) -> str:
    return f"It could not begin for {words(waited)}: {sentence}"


def together(counts: Mapping[str, tuple[int, int]], said: Sequence[str]) -> str:
    """Sum up the steps: *9 of 12 services and 1 of 1 databases done. …* ``counts`` maps each noun to the
    number done and the number in all; ``said`` holds the further sentences.
    """
    counted = listed([f"{done} of {all_of} {noun}" for noun, (done, all_of) in counts.items()])
    *before, last = [f"{each[:1].upper()}{each[1:]}" for each in dict.fromkeys(said)] or [""]
    sentences = [f"{counted} done.", *(f"{each.rstrip('.')}." for each in before), last]
    return " ".join(filter(None, sentences))


def led_elsewhere(environment: str) -> str:
    """Say that a change had its effect in a place where its environment no longer is."""
    return f"`{environment}` was pointed elsewhere in the catalog meanwhile."
