"""What somebody's Home shows, as values: an edge draws it. Text is plain, as in a message."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.words.message import Offer


@dataclass(frozen=True)
class Pick:
    """A button that opens the picker on an operation in an environment. It gives no right."""

    label: str
    operation: str
    environment: str


@dataclass(frozen=True)
class Card:
    """One environment: how it is, what holds it, and what this person may do about it."""

    name: str
    state: str
    lines: tuple[str, ...]
    buttons: tuple[Pick | Offer, ...]


@dataclass(frozen=True)
class HomePage:
    """``running``: what is being done now. ``rest``: where the other environments are, if not all are shown.
    ``asks``: a sentence that ends with ``people``, ids in Slack of those who can give more."""

    headline: str
    running: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    rest: str = ""
    asks: str = ""
    people: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
