"""What a value from outside must be, declared, and the first place where it is something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_ADDRESS = 4_000
LONGEST_ID = 255
"""Characters of an id or name: Slack's own limit for the ids that we give it (facts/slack 2.1)."""


@dataclass(frozen=True)
class Text:
    """``typed``: by a person, so that it may hold anything; else no NUL, which PostgreSQL does not take."""

    most: int = LONGEST_ID
    needed: bool = False
    typed: bool = False


@dataclass(frozen=True)
class Address:
    """Of the web, or empty."""


@dataclass(frozen=True)
class Fields:
    """An object. Fields that are not named may be anything."""

    of: Mapping[str, Kind] = field(default_factory=dict)
    needed: bool = False


@dataclass(frozen=True)
class Values:
    """An object whose names are anybody's, and each of its values is of one kind."""

    of: Kind


@dataclass(frozen=True)
class Items:
    """A list of at least so many."""

    of: Kind
    least: int = 0
    needed: bool = False


@dataclass(frozen=True)
class TextOr:
    """Text, or else of this kind."""

    other: Kind


@dataclass(frozen=True)
class Again:
    """An object of a kind that holds itself, which is why it is called for. ``or_else``: anything that is no
    object is good too."""

    of: Callable[[], Kind]
    or_else: bool = False


Kind = Text | Address | Fields | Values | Items | TextOr | Again


def fault(kind: Kind, value: object, at: str = "") -> str:
    """Empty if the value is of this kind; else what is wrong and where, without the value. Absent and null
    are the same, and wrong only where something is needed."""
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
    """In a list, null is no entry."""
    return f"{at} is null" if value is None else fault(kind, value, at)


def _of_object(kind: Fields | Values, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at or 'the body'} is not an object"
        return
    within = f"{at}." if at else ""
    if isinstance(kind, Values):
        # the names are somebody's text, so they are not told
        yield from (said for each in value.values() if (said := fault(kind.of, each, f"{within}…")))
    else:
        yield from (said for n, k in kind.of.items() if (said := fault(k, value.get(n), within + n)))
