"""What is said of a flag that is switched."""

from __future__ import annotations

from dataclasses import dataclass

from policies.flags.switching import Held, Switch, shortened
from policies.secrets.public import public
from policies.service.environment import Flag


@dataclass(frozen=True)
class Told:
    """A flag that was to be ``wanted`` and ``was`` something before; ``now`` is what it is, ``None`` if it is
    neither."""

    environment: str
    flag: Flag
    wanted: Switch
    was: str
    now: Switch | None
    held: Held


def is_now(flag: Flag, now: Switch | None, held: Held) -> str:
    """*on*, *off*, or *neither on nor off: its parameter holds `maybe`*."""
    if now is not None:
        return str(now)
    return f"neither on nor off: its parameter holds `{public(shortened(held.value))}`"


def gone(flag: str) -> str:
    return f"`{flag}` is no longer there: the catalog or Parameter Store does not have it any more."


def not_shown_yet(flag: str) -> str:
    return f"`{flag}`: waiting for Parameter Store to show the new value"


def switched(told: Told, between: int) -> str:
    was = f"it was {told.was} before" if told.was else "it was neither on nor off before"
    said = f"`{told.flag.name}` is {told.wanted} in `{told.environment}`; {was}."
    if not between:
        return said
    first = told.held.version - 1
    return f"{said} Somebody else wrote version {first} of its parameter in between, which this replaced."


def written_before(told: Told) -> str:
    """Somebody else wrote after the plan and before us."""
    return f"somebody else wrote version {told.held.version} of its parameter in between. {stands(told)}"


def written_after(told: Told) -> str:
    return (
        f"somebody else wrote version {told.held.version} of its parameter right afterwards. {stands(told)}"
    )


def stands(told: Told) -> str:
    is_ = is_now(told.flag, told.now, told.held)
    return f"`{told.flag.name}` of `{told.environment}` is {is_}"
