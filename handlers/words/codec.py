"""Encodes frozen dataclasses as the JSON of a row, and decodes them.

A field that equals its default is left out, so a row holds only what is known. A field that a row lacks, or
holds in an unreadable form, gets its default. A row of another release therefore loads, with the fields that
this release knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Literal, Protocol, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from handlers.words.plan import Facts, Json

T = TypeVar("T")
Reader = Callable[[Json], Any]
"""Reads one field; raises ``Misfit`` if the field holds something else."""


class Rowed(Protocol):
    """A value that has its own form in a row."""

    def to_row(self) -> dict[str, Json]: ...


class Misfit(ValueError):
    """A JSON value does not have the expected type."""


def encode(value: object) -> dict[str, Json]:
    """Encode a dataclass. An instant becomes ISO text, a span its seconds, an enum its value, a tuple a list.
    A class with its own form encodes itself with ``to_row`` and is decoded by its ``from_row``.
    """
    if hasattr(value, "to_row"):
        return cast(Rowed, value).to_row()
    assert is_dataclass(value)
    found: dict[str, Json] = {}
    for field in fields(value):
        held = getattr(value, field.name)
        if held != _default(field):
            found[field.name] = _json(held)
    return found


def decode(kind: type[T], facts: Facts) -> T:
    """Decode a row. Raises ``TypeError`` if the row lacks a field that has no default."""
    if hasattr(kind, "from_row"):
        return cast(T, cast(Any, kind).from_row(facts))
    readers: Mapping[str, Reader] = _readers(cast(Any, kind))
    given = {}
    for name, read in readers.items():
        if name in facts:
            with suppress(Misfit):
                given[name] = read(facts[name])
    return kind(**given)


def laid_over(facts: Facts, value: object) -> dict[str, Json]:
    """Return ``facts`` with every field of this dataclass replaced by the dataclass's own value."""
    assert is_dataclass(value)
    ours = {field.name for field in fields(value)}
    return {**{name: held for name, held in facts.items() if name not in ours}, **encode(value)}


@cache
def _readers(kind: Any) -> Mapping[str, Reader]:
    hints = get_type_hints(kind, localns={"Json": Json})
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}


def _default(field: Field[Any]) -> object:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _json(value: object) -> Json:
    match value:
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Enum():
            return cast(Json, value.value)
        case tuple() | frozenset():
            return [_json(item) for item in (sorted(value) if isinstance(value, frozenset) else value)]
        case Mapping():
            return {str(name): _json(held) for name, held in value.items()}
        case None | bool() | int() | float() | str() | list():
            return value
    if is_dataclass(value):
        return encode(value)
    raise TypeError(f"{type(value).__name__} has no form in a row")


@cache
def _reader(hint: Any) -> Reader:
    """Return what reads a field of this type. What a type asks for is looked up once: rows are read at each
    look at each step.
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        readers = tuple(_reader(kind) for kind in inner if kind is not NoneType)
        return partial(_one_of, hint, NoneType in inner, readers)
    if origin is Literal:
        return lambda given: _checked(given, given in inner)
    if origin in (list, dict):  # plain JSON, as in ``Facts``
        return lambda given: _checked(given, isinstance(given, origin))
    if origin is tuple:
        return partial(_items, _reader(inner[0]))
    if origin is not None and issubclass(origin, Mapping):
        return partial(_members, _reader(inner[1]))
    return partial(_plain, hint)


def _items(read: Reader, given: Json) -> tuple[Any, ...]:
    """Return the items that fit without the others, because the fitting ones still say something."""
    found = []
    for item in _checked(given, isinstance(given, list)):
        with suppress(Misfit):
            found.append(read(item))
    return tuple(found)


def _members(read: Reader, given: Json) -> dict[str, Any]:
    body = _checked(given, isinstance(given, Mapping))
    return {name: read(held) for name, held in body.items()}


def _plain(kind: Any, given: Json) -> Any:
    try:
        if kind is datetime:
            return datetime.fromisoformat(_checked(given, isinstance(given, str)))
        if kind is timedelta:
            return timedelta(seconds=_checked(given, isinstance(given, int | float)))
        if kind is float:
            return float(_checked(given, isinstance(given, int | float)))
        if isinstance(kind, type) and issubclass(kind, Enum):
            return kind(given)
    except (ValueError, OverflowError) as wrong:
        raise Misfit(str(wrong)) from None
    if is_dataclass(kind):
        body: Facts = _checked(given, isinstance(given, Mapping))
        try:
            return decode(cast(type, kind), body)
        except TypeError as wrong:
            raise Misfit(str(wrong)) from None
    return _checked(given, isinstance(given, kind) and isinstance(given, bool) == (kind is bool))


def _one_of(hint: Any, may_be_none: bool, readers: Sequence[Reader], given: Json) -> Any:
    if given is None:
        return _checked(None, may_be_none)
    for read in readers:
        with suppress(Misfit):
            return read(given)
    raise Misfit(f"{given!r} is no {hint}")


def _checked(given: Any, fits: bool) -> Any:
    if not fits:
        raise Misfit(f"{given!r} is no such value")
    return given
