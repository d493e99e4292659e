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
FREEFORM, UNDEPLOYED, VARIANTS, MISSING = "freeform", "undeployed", "variants", "missing"
"""What AppConfig may have instead of a plain flag: a profile of another type, a profile of which nothing was
ever deployed here, a flag with variants, and a document without an ``enabled`` of that flag."""
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
    """What a parameter holds, or what AppConfig has deployed of a flag. ``version`` grows with each write,
    whoever writes; for AppConfig it is the version that is deployed. The value is empty unless the type is
    ``PLAIN``. ``under_way``: the percentage of targets that a deployment under way has reached; ``None`` if
    none is under way."""

    value: str
    version: int
    type: str = PLAIN
    under_way: int | None = None


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
    close = nearest(name, environment)
    near = f" Did you mean `{close}`?" if close else ""
    return refuse(
        "flags.unknown",
        f"`{where}` has no flag `{name[:63]}`. The catalog names {_named(known)}.{near}",
    )


def nearest(name: str, environment: Environment) -> str:
    """The flag that the name may be a typing error of; empty if there is none."""
    known = [flag.name for flag in environment.flags]
    return next(iter(difflib.get_close_matches(name.lower()[:63], known, n=1)), "")


def readable(flag: Flag, held: Held) -> Refused | None:
    """Why what holds the flag is not read; ``None`` if it is."""
    if held.type == PLAIN:
        return None
    if flag.appconfig is not None:
        return refuse(_RULES[held.type], f"{unfit(flag, held)} {_ADVICE[held.type]}")
    kind = held.type or "of an unknown type"
    return refuse(
        "flags.type",
        f"The parameter of `{flag.name}` is a {kind}, and a flag has to be a String: nothing is decrypted "
        "here. Whoever owns the parameter can store the flag as a String under another name.",
    )


_UNFIT = {
    FREEFORM: "The configuration profile of `{flag}` is a freeform one, and only its application knows "
    "what in it is a flag.",
    UNDEPLOYED: "Nothing of the configuration profile of `{flag}` was ever deployed to its AppConfig "
    "environment.",
    VARIANTS: "`{flag}` has variants in AppConfig, which decide by rules for whom it is on.",
    MISSING: "The configuration that AppConfig has deployed holds no `{flag}` that is on or off.",
}
_RULES = {
    FREEFORM: "flags.freeform",
    UNDEPLOYED: "flags.undeployed",
    VARIANTS: "flags.variants",
    MISSING: "flags.missing",
}
_ADVICE = {
    FREEFORM: "An admin can name a profile of type AWS.AppConfig.FeatureFlags in the catalog.",
    UNDEPLOYED: "Whoever owns the application has to deploy it once.",
    VARIANTS: "Only a flag without variants is switched from here.",
    MISSING: "Whoever owns the application has to add it and deploy it.",
}


def unfit(flag: Flag, held: Held) -> str:
    """Why AppConfig's flag is neither on nor off, in one sentence. ``held`` is of a type but ``PLAIN``."""
    return _UNFIT[held.type].format(flag=flag.name)


def of_production(flag: Flag, here: Environment, neighbours: Iterable[Environment]) -> Refused | None:
    """Why the flag may not be switched from here: a production environment of the same account and region
    names the same parameter, the same configuration profile or the same AppConfig environment. ``None`` if
    none does, or if this is production itself."""
    shared = not here.production and any(
        _together(flag, f) for e in neighbours if e.production for f in e.flags
    )
    if not shared:
        return None
    what = "parameter" if flag.appconfig is None else "configuration"
    return refuse(
        "flags.production",
        f"A production environment uses the {what} of `{flag.name}` too, so it is not switched from here.",
    )


def _together(one: Flag, other: Flag) -> bool:
    mine, theirs = one.appconfig, other.appconfig
    if mine is None or theirs is None:
        return mine is theirs and one.parameter == other.parameter
    alike = mine.profile == theirs.profile or mine.environment == theirs.environment
    return alike and mine.application == theirs.application


def _named(names: Sequence[str]) -> str:
    listed = ", ".join(f"`{name}`" for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{listed} and {more} more" if more > 0 else listed
