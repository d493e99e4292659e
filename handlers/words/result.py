"""What came of a request, as values; an edge renders them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class Offer:
    """An operation with bound arguments behind a button. It is decided again for whoever presses.

    ``once``: spent by the first press. ``confirm`` is the question of the button's confirm dialog.
    ``plan_hash`` binds it to the plan that was shown; empty binds to none.
    """

    label: str
    operation: str
    environment: str = ""
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    once: bool = True
    style: str = ""
    confirm: str = ""
    plan_hash: str = ""
    expires_in: timedelta = timedelta(hours=1)
    id: str = ""
    """Given by the store when the offer is recorded; opaque."""


@dataclass(frozen=True)
class Field:
    label: str
    value: str


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Evidence:
    """Something captured from outside and redacted: event texts, log lines, a stopped reason."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """``status`` is one word (succeeded, refused, ...); ``summary`` one sentence in plain text.

    All text is plain: `code` in back-ticks is the only mark-up; the edge escapes the rest.
    """

    status: str
    summary: str
    fields: tuple[Field, ...] = ()
    table: Table | None = None
    evidence: tuple[Evidence, ...] = ()
    offers: tuple[Offer, ...] = ()
    notes: tuple[str, ...] = ()
    rule: str = ""
    """Of a refusal: the rule it rests on. For the clock, which postpones or skips by it; never shown."""
    operation_id: str = ""
    """Set where the answer is an operation that was opened (or already runs) and has a message of its own."""


def refused(sentence: str, *, offers: tuple[Offer, ...] = (), notes: tuple[str, ...] = ()) -> Outcome:
    return Outcome("refused", sentence, offers=offers, notes=notes)
