"""What is taken out of text captured from outside before anybody sees or stores it (facts/ecs 4, trap 29).

Whole lines are redacted, before any truncation. What identifies a line stays: image digests, ARNs, task ids
and UUIDs. Total: never raises. Idempotent. Linear in the length of the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from policies.secrets.commands import hide_arguments
from policies.secrets.encoded import is_encoded, readings, unquoted
from policies.secrets.escaped import hide_between
from policies.secrets.harmless import is_shown
from policies.secrets.names import LONGEST, Kind, kind_of
from policies.secrets.pairs import NAMES, VALUES, hide_pairs
from policies.secrets.prefixes import hide_issued
from policies.secrets.shapes import MARK, hide_shapes
from policies.secrets.unseen import spaced, uncoloured, visible
from policies.secrets.words import hide_after_words

_PASSES = 6
"""Hiding one thing may uncover another; text that is not settled by then is hidden whole."""
_SHORTEST_KNOWN = 4
"""A known value shorter than this would take ordinary words apart."""
_LONGEST_PLAIN = 80
"""Characters of a value that is remembered if it holds no secret: a name, an ARN's end, an instant."""
_DEEPEST = 40
_MOST_WORDS = 200
_PIECE = re.compile(rf"[^\s\"'\\,;:=<>{{}}\[\]()]{{{_SHORTEST_KNOWN},}}")
"""A part of a text that was hidden in one of its readings, and so may stand in no other."""
_BASE64_LINE = re.compile(r"\s*[A-Za-z0-9+/]+={0,2}\s*")


def redact(line: str, known: Collection[str] = ()) -> str:
    """The line without its secrets. ``known`` are values that are secret whatever they look like. Where one
    shows only once what nobody sees is taken out, the rest is told without it: an edge takes it out too."""
    hidden, seen = _variants(known), _seen(line)
    found = _unfolded(seen, hidden)
    found = found if seen == line or found != seen else _unfolded(line, hidden)
    return _deciphered(found, hidden) if is_encoded(found) else found


def _seen(text: str) -> str:
    return spaced(visible(uncoloured(text)))


def _deciphered(text: str, hidden: Sequence[str]) -> str:
    """Return each line as it is, unless a secret shows only once the line is decoded: then it is told so."""
    return "\n".join(_read(line, hidden) if is_encoded(line) else line for line in text.split("\n"))


def _read(line: str, hidden: Sequence[str]) -> str:
    for _ in range(_PASSES):
        seen = (_seen(read) for read in readings(line))
        told = ((read, _settled(read, hidden)) for read in seen)
        found = next((after for read, after in told if after != read), None)
        if found is None:
            return line
        line = found
    return MARK


def _unfolded(text: str, hidden: Sequence[str]) -> str:
    """Hide what is a secret as the text stands, and what is one with its quotes unescaped. Lines in which the
    latter hides more are told unescaped.
    """
    plain, read = _settled(text, hidden), unquoted(text)
    if read == text:
        return plain
    told = _settled(read, hidden)
    if told in (read, unquoted(plain)):
        return plain
    gone = set(_PIECE.findall(text)) - set(_PIECE.findall(plain))
    told = _settled(told, (*hidden, *sorted(gone, key=lambda piece: (-len(piece), piece))))
    lines, others = plain.split("\n"), told.split("\n")
    if len(lines) != len(others):
        return told
    return "\n".join(a if unquoted(a) == b else b for a, b in zip(lines, others, strict=True))


def _settled(line: str, hidden: Sequence[str]) -> str:
    for _ in range(_PASSES):
        after = _once(line, hidden)
        if after == line:
            return line
        line = after
    return MARK


def redact_lines(lines: Iterable[str], known: Collection[str] = ()) -> tuple[str, ...]:
    """Lines of one text, in order. A PEM block that spans lines becomes one line, also where the capture
    begins in its middle."""
    text = "\n".join(_without_tail_of_block(list(lines)))
    return tuple(redact(text, known).split("\n")) if text else ()


def redact_all(value: Any, known: Collection[str] = ()) -> Any:
    """The same for a JSON value, however nested: a field whose name says secret loses its value whole."""
    return _redact_value(value, known, _DEEPEST)


def _once(line: str, hidden: Sequence[str]) -> str:
    for secret in hidden:
        line = line.replace(secret, MARK)
    return _hidden(hide_between(line, _hidden))


def _hidden(text: str) -> str:
    return hide_after_words(hide_arguments(hide_pairs(hide_issued(hide_shapes(text)))))


def _variants(known: Collection[str]) -> Sequence[str]:
    """Known values as they are, as JSON writes them and as URLs write them; longest first."""
    return _written(frozenset(known)) if known else ()


@lru_cache(maxsize=8)
def _written(known: frozenset[str]) -> Sequence[str]:
    plain = {k for k in known if len(k) >= _SHORTEST_KNOWN}
    written = {json.dumps(k)[1:-1] for k in plain} | {quote(k, safe="", errors="replace") for k in plain}
    return tuple(sorted((v for v in plain | written if v not in MARK), key=lambda v: (-len(v), v)))


def _without_tail_of_block(lines: list[str]) -> list[str]:
    """Hide the lines of a PEM block whose BEGIN was not captured."""
    for position, line in enumerate(lines):
        if "-----BEGIN " in line:
            break
        if "-----END " in line:
            first = position
            while first > 0 and _BASE64_LINE.fullmatch(lines[first - 1]):
                first -= 1
            return [*lines[:first], MARK, *lines[position + 1 :]]
    return lines


def _redact_value(value: Any, known: Collection[str], depth: int) -> Any:
    match value:
        case str():
            return redact(value, known) if known or len(value) > _LONGEST_PLAIN else _short(value)
        case None | bool() | int() | float():
            return value
        case _ if depth == 0:
            return MARK
        case Mapping():
            return _redact_fields(value, known, depth)
        case list() | tuple() | set() | frozenset():
            items = _redact_words(list(value), known)
            return [_redact_value(item, known, depth - 1) for item in items]
    return redact(str(value), known)


def _short(value: str) -> str:
    """Redact a short value. Names, states and instants come again and again, in each step and entry of an
    operation: those in which nothing is secret are remembered, and nothing else is.
    """
    try:
        _find_nothing(value)
    except _Secret as found:
        return found.redacted
    return value


class _Secret(Exception):
    """Something was hidden, so ``lru_cache`` keeps neither the value nor what is left of it."""

    def __init__(self, redacted: str) -> None:
        super().__init__()
        self.redacted = redacted


@lru_cache(maxsize=2_048)
def _find_nothing(value: str) -> None:
    """Raises ``_Secret`` with what is left of the value if it holds a secret."""
    found = redact(value)
    if found != value:
        raise _Secret(found)


def _redact_words(items: list[Any], known: Collection[str]) -> list[Any]:
    """What is secret by the item before it: the arguments of a command, a name and its value."""
    if not 2 <= len(items) <= _MOST_WORDS or not all(isinstance(item, str) for item in items):
        return items
    try:
        read = json.loads(redact(json.dumps(items, ensure_ascii=False), known))
    except ValueError:
        return items
    return read if isinstance(read, list) and len(read) == len(items) else items


def _redact_fields(fields: Mapping[Any, Any], known: Collection[str], depth: int) -> dict[str, Any]:
    """A field named like a secret, or the ``value`` beside such a ``name`` (as ECS writes environments)."""
    named = (str(v) for k, v in fields.items() if str(k).lower() in NAMES)
    beside = next((kind for kind in map(kind_of, named) if kind and kind is not Kind.RANDOM), None)
    out: dict[str, Any] = {}
    for key, value in fields.items():
        shown = _shown_name(str(key), known)
        kinds = {beside} if beside and str(key).lower() in VALUES else {kind_of(str(key)), kind_of(shown)}
        counted = str(key).lower().endswith("tokens") and isinstance(value, int)
        hidden = value
        for kind in kinds:
            hidden = hidden if kind is None or counted else _hide_leaves(hidden, kind, depth - 1)
        out[shown] = _redact_value(hidden, known, depth - 1)
    return out


def _shown_name(name: str, known: Collection[str]) -> str:
    """Names of fields are few and come again and again: what one comes to is remembered, unless it is long
    or holds a known value."""
    if len(name) > LONGEST or any(secret in name for secret in _variants(known)):
        return redact(name, known)
    return _shown_short_name(name)


@lru_cache(maxsize=1_024)
def _shown_short_name(name: str) -> str:
    return redact(name)


def _hide_leaves(value: Any, kind: Kind, depth: int) -> Any:
    """All that a field of this kind holds, but for what may be shown. Only sure names reach into blocks."""
    sure = kind in (Kind.SECRET, Kind.HEADER)
    match value:
        case None | bool() | "":
            return value
        case str():
            return value if is_shown(value, kind) else MARK
        case int() | float():
            return MARK if sure or kind is Kind.CODE else value
        case Mapping() | list() | tuple() if not sure:
            return value
        case Mapping() if depth > 0:
            return {str(k): _hide_leaves(v, kind, depth - 1) for k, v in value.items()}
        case list() | tuple() if depth > 0:
            return [_hide_leaves(item, kind, depth - 1) for item in value]
    return MARK
