"""Feature flags: which one is meant, whether it is on, and whether it may be switched."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from policies.access.decision import Refused, refuse
from policies.service.environment import Environment, Flag

PLAIN = "String"
"""The only type of a parameter that is read: a SecureString would have to be decrypted, and a StringList is
no flag."""
MOST_NAMED = 20
"""Names of flags that a refusal lists."""
LONGEST_SHOWN = 60
"""Characters of a value that a sentence repeats."""


class Switch(StrEnum):
    ON = "on"
    OFF = "off"

    @property
    def other(self) -> Switch:
        return Switch.OFF if self is Switch.ON else Switch.ON


@dataclass(frozen=True)
class Held:
    """What a parameter holds. ``version`` grows by one with each write, whoever writes. The value is empty
    unless the type is ``PLAIN``."""

    value: str
    version: int
    type: str = PLAIN


def stands(flag: Flag, held: Held) -> Switch | None:
    """Whether the flag is on or off; ``None`` if its parameter holds neither text."""
    return {flag.on: Switch.ON, flag.off: Switch.OFF}.get(held.value) if held.type == PLAIN else None


def text_of(flag: Flag, state: Switch) -> str:
    return flag.on if state is Switch.ON else flag.off


def shortened(value: str) -> str:
    """A value on one line, short enough for a sentence."""
    line = " ".join(value.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}…"


def meant(name: str, environment: Environment) -> Flag | Refused:
    """The flag of that name, or a refusal that names those there are."""
    wanted = name.lower()
    found = next((flag for flag in environment.flags if flag.name == wanted), None)
    if found is not None:
        return found
    where, known = environment.name, [flag.name for flag in environment.flags]
    if not known:
        return refuse(
            "flags.none",
            f"The catalog names no flags for `{where}`. An admin can add them under `flags` of the "
            "environment and run `lamplighter apply`.",
        )
    close = difflib.get_close_matches(wanted[:63], known, n=1)
    near = f" Did you mean `{close[0]}`?" if close else ""
    return refuse(
        "flags.unknown",
        f"`{where}` has no flag `{name[:63]}`. The catalog names {_named(known)}.{near}",
    )


def readable(flag: Flag, held: Held) -> Refused | None:
    """Why the flag's parameter is not read; ``None`` if it is."""
    if held.type == PLAIN:
        return None
    kind = held.type or "of an unknown type"
    return refuse(
        "flags.type",
        f"The parameter of `{flag.name}` is a {kind}, and a flag has to be a String: nothing is decrypted "
        "here. Whoever owns the parameter can store the flag as a String under another name.",
    )


def of_production(flag: Flag, here: Environment, neighbours: Iterable[Environment]) -> Refused | None:
    """Why the flag may not be switched from here: a production environment of the same account and region
    names the same parameter. ``None`` if none does, or if this is production itself."""
    shared = not here.production and any(
        f.parameter == flag.parameter for e in neighbours if e.production for f in e.flags
    )
    if not shared:
        return None
    return refuse(
        "flags.production",
        f"A production environment uses the parameter of `{flag.name}` too, so it is not switched from here.",
    )


def _named(names: Sequence[str]) -> str:
    listed = ", ".join(f"`{name}`" for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{listed} and {more} more" if more > 0 else listed
