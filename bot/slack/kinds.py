"""Declares what a value from outside must be, and finds the first place where it is something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_ADDRESS = 4_000
LONGEST_ID = 255
"""Characters of an id or name: Slack's own limit for the ids that the bot assigns (facts/slack 2.1)."""


@dataclass(frozen=True)
class Text:
    """Text. With ``typed``, a person typed it, and it may hold anything; otherwise NUL is not allowed,
    because PostgreSQL does not take it.
    """

    most: int = LONGEST_ID
    needed: bool = False
    typed: bool = False


@dataclass(frozen=True)
class Address:
    """A web address, or empty."""


@dataclass(frozen=True)
class Fields:
    """An object. Fields that are not named may be anything."""

    of: Mapping[str, Kind] = field(default_factory=dict)
    needed: bool = False


@dataclass(frozen=True)
class Values:
    """An object with arbitrary names, whose values are all of one kind."""

    of: Kind


@dataclass(frozen=True)
class Items:
    """A list with at least ``least`` entries."""

    of: Kind
    least: int = 0
    needed: bool = False


@dataclass(frozen=True)
class TextOr:
    """Text, or a value of the other kind."""

    other: Kind


@dataclass(frozen=True)
class Again:
    """An object of a kind that contains itself, which is why ``of`` is a function. With ``or_else``, anything
    that is not an object is accepted too.
    """

    of: Callable[[], Kind]
    or_else: bool = False


Kind = Text | Address | Fields | Values | Items | TextOr | Again


def fault(kind: Kind, value: object, at: str = "") -> str:
    """Return an empty string if the value is of this kind; else what is wrong and where, without the value.
    Absent and null are the same, and wrong only where a value is needed.
    """
    if value is None:
        return f"{at or 'the body'} is missing" if getattr(kind, "needed", False) else ""
    return next(_faults(kind, value, at), "")


def _faults(kind: Kind, value: Any, at: str) -> Iterator[str]:
    match kind:
        case Text():
            if not isinstance(value, str):
                yield f"{at} is not text"
            elif len(value) > kind.most:
                yield f"{at} is longer than {kind.most:,} characters"
            elif "\0" in value and not kind.typed:
                yield f"{at} holds a NUL"
        case Address():
            yield from _faults(Text(LONGEST_ADDRESS), value, at)
            if value and not str(value).startswith(("https://", "http://")):
                yield f"{at} is no web address"
        case TextOr():
            yield from _faults(Text() if isinstance(value, str) else kind.other, value, at)
        case Again():
            if isinstance(value, dict) or not kind.or_else:
                yield from _faults(kind.of(), value, at)
        case Items():
            yield from _of_list(kind, value, at)
        case Fields() | Values():
            yield from _of_object(kind, value, at)


def _of_list(kind: Items, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{at} is not a list"
    elif len(value) < kind.least:
        yield f"{at} has too few entries"
    else:
        yield from (said for n, each in enumerate(value) if (said := _entry(kind.of, each, f"{at}[{n}]")))


def _entry(kind: Kind, value: object, at: str) -> str:
    """Check an entry of a list, where null is no entry."""
    return f"{at} is null" if value is None else fault(kind, value, at)


def _of_object(kind: Fields | Values, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at or 'the body'} is not an object"
        return
    within = f"{at}." if at else ""
    if isinstance(kind, Values):
        # the names are somebody's text and stay out of the fault
        yield from (said for each in value.values() if (said := fault(kind.of, each, f"{within}…")))
    else:
        yield from (said for n, k in kind.of.items() if (said := fault(k, value.get(n), within + n)))
