"""What the gate itself says of a step, of whatever kind, and of the steps of an operation together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal

from policies.times.instants import words

LEFT_OUT = "left out"
TOO_LATE = "Nothing was done: it was found too late."
DEFECT = "The bot has a defect here; its log says more."
NOTHING_TO_DO = "nothing had to change"

GONE = "its environment is gone"
CHANGED = "its environment was changed in the catalog meanwhile"
CLOSED = "its environment is closed now"
UNSCHEDULED = "its schedule was taken away meanwhile"
"""Why nothing further may be done, for ``interrupted``."""


def kept(who: str, state: Literal["up", "down"]) -> str:
    """The same, where somebody's override is in the way."""
    return f"{who} keeps it {'on' if state == 'up' else 'off'} now"


def no_such_kind(kind: str) -> str:
    """The same, of a step that another release has planned."""
    return f"this release knows no step {kind!r}"


def interrupted(why: str) -> str:
    return f"{why[:1].upper()}{why[1:]}."


def nothing_done(sentence: str) -> str:
    return f"{sentence} Nothing was done."


def looking(sentence: str) -> str:
    """The answer to a call was lost."""
    return f"{sentence} Looking whether it happened."


def no_telling(sentence: str) -> str:
    """A step that began, and of which nothing more is heard."""
    return f"Cannot tell how it ended. {sentence}"


def gone_meanwhile(sentence: str, *, made: bool) -> str:
    """What was changed is not there any more. ``made``: whether the change was answered."""
    what = "It was made; how it ended" if made else "Whether it was made"
    return f"{what} cannot be told. {sentence}"


def waiting(sentence: str) -> str:
    """For facts, or for room in a bucket."""
    return f"waiting for AWS: {sentence}"


def asking_again(sentence: str) -> str:
    """AWS does not take the call now."""
    return f"asking AWS again: {sentence}"


def never_began(sentence: str, *, waited: timedelta) -> str:
    return f"It could not begin for {words(waited)}: {sentence}"


def together(counts: Mapping[str, tuple[int, int]], said: Sequence[str]) -> str:
    """*9 of 12 services and 1 of 1 databases done. …* ``counts``: by noun, how many of how many are done;
    ``said``: what is told beside."""
    counted = " and ".join(f"{done} of {all_of} {noun}" for noun, (done, all_of) in counts.items())
    return f"{counted} done. {'; '.join(dict.fromkeys(said))}".strip()


def led_elsewhere(environment: str) -> str:
    """Of a change whose effect is not where its environment is now."""
    return f"`{environment}` was pointed elsewhere in the catalog meanwhile."
