"""What is taken out of text captured from outside before anybody sees or stores it (facts/ecs 4, trap 29).

Whole lines are redacted, before any truncation. What identifies a line stays: image digests, ARNs, task ids
and UUIDs. Total: never raises. Idempotent. Linear in the length of the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from policies.secrets.shapes import MARK, hide_shapes
from policies.secrets.words import hide_after_words, is_harmless, is_secret_name

_PASSES = 6
"""Hiding one thing may uncover another; text that is not settled by then is hidden whole."""
_SHORTEST_KNOWN = 4
"""A known value shorter than this would take ordinary words apart."""
_DEEPEST = 40
_BASE64_LINE = re.compile(r"\s*[A-Za-z0-9+/]+={0,2}\s*")


def redact(line: str, known: Collection[str] = ()) -> str:
    """The line without its secrets. ``known`` are values that are secret whatever they look like."""
    hidden = _variants(known)
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
    return hide_after_words(hide_shapes(line))


def _variants(known: Collection[str]) -> Sequence[str]:
    """Known values as they are, as JSON writes them and as URLs write them; longest first."""
    plain = {k for k in known if len(k) >= _SHORTEST_KNOWN}
    written = {json.dumps(k)[1:-1] for k in plain} | {quote(k, safe="", errors="replace") for k in plain}
    return sorted((v for v in plain | written if v not in MARK), key=lambda v: (-len(v), v))


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
            return redact(value, known)
        case None | bool() | int() | float():
            return value
        case _ if depth == 0:
            return MARK
        case Mapping():
            return _redact_fields(value, known, depth)
        case list() | tuple() | set() | frozenset():
            return [_redact_value(item, known, depth - 1) for item in value]
    return redact(str(value), known)


def _redact_fields(fields: Mapping[Any, Any], known: Collection[str], depth: int) -> dict[str, Any]:
    """A field named like a secret, or the ``value`` beside such a ``name`` (as ECS writes environments)."""
    names = {str(k).lower(): v for k, v in fields.items()}
    beside = is_secret_name(str(names.get("name", "")))
    out: dict[str, Any] = {}
    for key, value in fields.items():
        secret = is_secret_name(str(key)) or (beside and str(key).lower() == "value")
        kept = _hide_leaves(value, depth - 1) if secret else _redact_value(value, known, depth - 1)
        out[redact(str(key), known)] = kept
    return out


def _hide_leaves(value: Any, depth: int) -> Any:
    match value:
        case None | bool() | "":
            return value
        case str() if is_harmless(value):
            return value
        case Mapping() if depth > 0:
            return {redact(str(k)): _hide_leaves(v, depth - 1) for k, v in value.items()}
        case list() | tuple() if depth > 0:
            return [_hide_leaves(item, depth - 1) for item in value]
    return MARK
