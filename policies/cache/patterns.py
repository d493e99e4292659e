"""Which patterns may be used to delete keys. Redis reads a pattern as a glob: ``* ? [ ]`` and the backslash,
which makes the next character a literal one (facts/ecs 5).

Nothing here changes a pattern: what was typed is what is sent, or is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from policies.access.decision import Refused, refuse
from policies.service.environment import Flush

LONGEST = 512
"""Characters of a pattern; no sensible one is near it."""
MOST_STARS = 4
"""Stars that do not stand side by side. The bound is our own: for many of them a Redis before 6.0.18, 6.2.11
and 7.0.9 takes exponential time (CVE-2022-36021, as published), and answers nobody meanwhile."""
RESEMBLES = 0.75
"""The similarity, from 0 to 1, from which what a pattern begins with may be a mistyped prefix."""
EXAMPLE = ("session:",)
_WILD = "*?["


@dataclass(frozen=True)
class Glob:
    """What a pattern begins with, literally and without its escapes, and whether it uses character classes or
    any wildcard. ``stars``: how many there are, those side by side counted once."""

    prefix: str
    classes: bool
    wild: bool
    stars: int = 0


def read(pattern: str) -> Glob:
    """Read a pattern as Redis does. A backslash at the end stands for itself."""
    prefix: list[str] = []
    classes = wild = star = False
    stars = at = 0
    while at < len(pattern):
        letter, literal = pattern[at], pattern[at] == "\\" and at + 1 < len(pattern)
        if literal:
            at += 1
            letter = pattern[at]
        elif letter in _WILD:
            wild, classes = True, classes or letter == "["
        stars += letter == "*" and not literal and not star
        star = letter == "*" and not literal
        if not wild:
            prefix.append(letter)
        at += 1
    return Glob("".join(prefix), classes, wild, stars)


def refused(pattern: str, allowed: Flush) -> Refused | None:
    """Return why keys of this pattern may not be deleted there; ``None`` if they may."""
    if not pattern.strip():
        return refuse("flush.empty", "A pattern cannot be empty. Name the keys, for example `session:*`.")
    if len(pattern) > LONGEST or not pattern.isprintable():
        return refuse(
            "flush.pattern", f"A pattern has at most {LONGEST} characters, all of which can be seen."
        )
    glob = read(pattern)
    if not glob.prefix and not pattern.strip("*?"):
        example = f"`{(allowed.prefixes or EXAMPLE)[0]}*`"
        return refuse(
            "flush.everything",
            f"The pattern `{pattern}` matches every key. Begin it with what the keys to delete share, for "
            f"example {example}.",
        )
    if glob.classes and not allowed.classes:
        return refuse(
            "flush.classes",
            r"Character classes such as `[ab]` are not allowed here. To mean the bracket itself, write `\[`.",
        )
    if glob.stars > MOST_STARS:
        return refuse(
            "flush.stars",
            f"A pattern has at most {MOST_STARS} stars: more can keep the cache from answering anybody.",
        )
    if len(glob.prefix) < allowed.least_prefix:
        return refuse(
            "flush.short",
            f"The pattern has {_characters(len(glob.prefix))}{' before its first wildcard' * glob.wild}; at "
            f"least {allowed.least_prefix} are needed.",
        )
    if allowed.prefixes and not any(glob.prefix.startswith(prefix) for prefix in allowed.prefixes):
        return refuse(
            "flush.prefix",
            f"Only keys that begin with {_either(allowed.prefixes)} may be deleted from this environment.",
        )
    return None


def corrected(pattern: str, allowed: Flush) -> str:
    """Return the pattern with its mistyped prefix put right, if it may be used then; else nothing."""
    for prefix in allowed.prefixes:
        typed = pattern[: pattern.find(prefix[-1]) + 1]
        if (
            typed
            and "\\" not in pattern
            and SequenceMatcher(None, typed.lower(), prefix).ratio() >= RESEMBLES
        ):
            right = f"{prefix}{pattern[len(typed) :]}"
            return "" if refused(right, allowed) else right
    return ""


def escaped(text: str) -> str:
    """Return the pattern that matches exactly this text."""
    return re.sub(r"([*?\[\]\\])", r"\\\1", text)


def _characters(count: int) -> str:
    return "no characters" if not count else f"{count} {'character' if count == 1 else 'characters'}"


def _either(prefixes: Sequence[str]) -> str:
    named = [f"`{prefix}`" for prefix in prefixes]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"
