"""The contents of a person's Home, as values that an edge draws. Text is plain, as in a message."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.words.message import Offer


@dataclass(frozen=True)
class Pick:
    """A button that opens the picker on an operation in an environment. The button grants no right."""

    label: str
    operation: str
    environment: str


@dataclass(frozen=True)
class Card:
    """One environment: its state, what holds it there, and what this person may do about it."""

    name: str
    state: str
    lines: tuple[str, ...]
    buttons: tuple[Pick | Offer, ...]


@dataclass(frozen=True)
class HomePage:
    """A person's Home. ``running`` says what is being done now. ``rest`` says where the other environments
    are, if not all are shown. ``asks`` is a sentence that ends with ``people``, the Slack ids of those who
    can grant more.
    """

    headline: str
    running: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    rest: str = ""
    asks: str = ""
    people: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
