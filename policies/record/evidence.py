"""Audit entries and the chain that binds them.

An entry's canonical body is what is stored and hashed, byte for byte. Each hash covers the body and the
hash before it, so a changed, removed or reordered entry breaks every later link.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from types import NoneType
from typing import Any

from policies.times.moments import spelled

GENESIS = "0" * 64
"""The hash before the first entry."""


@dataclass(frozen=True)
class Entry:
    """One immutable line of evidence. All text in it is already redacted. ``at`` is on the decision clock.

    ``kind``: refused, started, approved, closed, read. ``outcome``: the end state of a closed one.
    ``count`` is how many askings a refusal at the door stands for.
    """

    at: datetime
    kind: str
    actor: str
    actor_name: str
    source: str
    operation: str
    channel: str = ""
    environment: str = ""
    target: str = ""
    operation_id: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    decision: str = ""
    rule: str = ""
    reason: str = ""
    approver: str = ""
    plan: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = ""
    summary: str = ""
    seconds: float | None = None
    request_ids: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1


def canonical(entry: Entry, seq: int) -> bytes:
    """The bytes that are stored and hashed: JSON, sorted keys, UTC instants with microseconds. Times in its
    sentences are words, with the zone said, and nothing unseen beside them."""
    body = {**vars(entry), "seq": seq, "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=asdict)
    return spelled(text).encode()


def parse(body: bytes) -> tuple[int, Entry]:
    """The seq and entry of a canonical body. Raises ``ValueError`` on any other bytes, however odd."""
    try:
        raw = json.loads(body)
        seq = raw.pop("seq")
        if type(seq) is not int:
            raise ValueError("its number is none")
        at = datetime.fromisoformat(raw.pop("at"))
        ids = raw.pop("request_ids")
        rest = {name: _formed(name, value) for name, value in raw.items() if name in _FORMS}
        return seq, Entry(at=_instant(at), request_ids=tuple(_formed("id", i) for i in ids), **rest)
    except (ArithmeticError, AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"not an audit entry: {error}") from error


_OTHER_FORMS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("arguments", "plan", "before", "after", "evidence"), (dict,)),
    "seconds": (int, float, NoneType),
    "count": (int,),
}
_FORMS: Mapping[str, tuple[type, ...]] = {
    f.name: _OTHER_FORMS.get(f.name, (str,)) for f in fields(Entry) if f.name not in ("at", "request_ids")
}


def _formed(name: str, value: Any) -> Any:
    if type(value) not in _FORMS.get(name, (str,)):
        raise ValueError(f"{name} is not of its form")
    return value


def _instant(at: datetime) -> datetime:
    """Raises ``ValueError`` without a zone, and ``OverflowError`` where its instant in UTC is in no
    possible year."""
    if at.tzinfo is None:
        raise ValueError("its time says no zone")
    return at.astimezone(UTC)


def link(previous: str, body: bytes, key: bytes = b"") -> str:
    """The hash of an entry: SHA-256, or HMAC-SHA-256 when a key is set, over previous hash and body."""
    material = previous.encode() + b"\n" + body
    return (
        hmac.new(key, material, hashlib.sha256).hexdigest() if key else hashlib.sha256(material).hexdigest()
    )
