"""The small kit that the Block Kit validator is written in: a check reads one value and yields its faults.

A check never raises on malformed input and never stops at the first fault; its input comes from outside and
may be anything that JSON can say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One reason to refuse a payload; ``pointer`` is the JSON pointer (RFC 6901) of the value at fault."""

    pointer: str
    message: str


Check = Callable[[object, str], Iterator[Fault]]
Fields = Mapping[str, Check]


def below(pointer: str, key: str | int) -> str:
    """Return the pointer of a member, with ``~`` and ``/`` escaped as RFC 6901 says."""
    if isinstance(key, int):
        return f"{pointer}/{key}"
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"


def string(limit: int, *, least: int = 1) -> Check:
    """Make a check for a string of ``least`` to ``limit`` characters."""

    def check(value: object, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(pointer, "must be a string")
        elif len(value) < least:
            yield Fault(pointer, f"must be at least {least} characters")
        elif len(value) > limit:
            yield Fault(pointer, f"must be no more than {limit} characters, has {len(value)}")

    return check


def address(limit: int = 3000) -> Check:
    """Make a check for a web address, http or https."""
    length = string(limit)

    def check(value: object, pointer: str) -> Iterator[Fault]:
        yield from length(value, pointer)
        if isinstance(value, str) and not value.startswith(("http://", "https://")):
            yield Fault(pointer, "must be an http or https address")

    return check


def one_of(*words: str) -> Check:
    def check(value: object, pointer: str) -> Iterator[Fault]:
        if value not in words:
            yield Fault(pointer, f"must be one of {', '.join(words)}")

    return check


def boolean(value: object, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield Fault(pointer, "must be true or false")


def integer(least: int, most: int) -> Check:
    def check(value: object, pointer: str) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Fault(pointer, "must be an integer")
        elif not least <= value <= most:
            yield Fault(pointer, f"must be from {least} to {most}")

    return check


def number(value: object, pointer: str) -> Iterator[Fault]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Fault(pointer, "must be a number")


def array(item: Check, *, most: int, least: int = 1) -> Check:
    """Make a check for a list of ``least`` to ``most`` items; items past the limit are not checked."""

    def check(value: object, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(pointer, "must be a list")
            return
        if len(value) < least:
            yield Fault(pointer, f"must have at least {least} item{'s' if least > 1 else ''}")
        if len(value) > most:
            yield Fault(pointer, f"no more than {most} items allowed, has {len(value)}")
        for index, member in enumerate(value[:most]):
            yield from item(member, below(pointer, index))

    return check


def record(required: Fields, optional: Fields | None = None, *, rules: Sequence[Check] = ()) -> Check:
    """Make a check for an object with these fields and no others; ``rules`` see the whole object after its
    fields.
    """
    known = {**required, **(optional or {})}

    def check(value: object, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(pointer, "must be an object")
            return
        for key in required:
            if key not in value:
                yield Fault(pointer, f"missing required field: {key}")
        for key, member in value.items():
            if key in known:
                yield from known[key](member, below(pointer, key))
            else:
                yield Fault(below(pointer, key), f"unknown field: {key}")
        for rule in rules:
            yield from rule(value, pointer)

    return check


def typed(kinds: Mapping[str, Check], what: str) -> Check:
    """Make a check for an object whose ``type`` chooses the check; a type that is not in ``kinds`` is a
    fault.
    """

    def check(value: object, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(pointer, "must be an object")
            return
        kind = value.get("type")
        if isinstance(kind, str) and kind in kinds:
            yield from kinds[kind](value, pointer)
        else:
            yield Fault(below(pointer, "type"), f"unsupported type of {what}: {kind!r}")

    return check


def exactly_one(*keys: str) -> Check:
    """A rule: exactly one of these fields is present."""

    def check(value: object, pointer: str) -> Iterator[Fault]:
        if isinstance(value, Mapping) and sum(key in value for key in keys) != 1:
            yield Fault(pointer, f"must have exactly one of {', '.join(keys)}")

    return check


def at_least_one(*keys: str) -> Check:
    """A rule: one or more of these fields is present."""

    def check(value: object, pointer: str) -> Iterator[Fault]:
        if isinstance(value, Mapping) and not any(key in value for key in keys):
            yield Fault(pointer, f"must have at least one of {', '.join(keys)}")

    return check


def members(value: Any, key: str) -> list[Any]:
    """Return the list under ``key``, or an empty one if it is missing or not a list."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, list) else []
