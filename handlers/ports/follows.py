"""Logs that people follow: a row for each, from the press until its message says how it ended.

As with every store, each method may raise ``handlers.words.errors.StoreLost``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from policies.logs.following import Shown, Tail


class Ending(StrEnum):
    """Why a log is no longer followed."""

    TIME = "time"
    ASKED = "asked"
    NO_GRANT = "no grant"
    NO_TASK = "no task"
    NO_LOG = "no log"
    """The log groups that its tasks write to cannot be read any more."""
    REMOVED = "removed"
    """The environment is no longer in the catalog."""
    UNREAD = "unread"
    """Its time ran out while AWS did not answer."""


@dataclass(frozen=True)
class Key:
    """What is followed by whom: one person follows the same thing once. ``person``: the actor's id.
    ``lines``: what is looked for, as typed.
    """

    person: str
    environment: str
    service: str
    lines: str


@dataclass(frozen=True)
class Follow:
    """``name``: the person's, when it began. ``since``: from when on lines are wanted. ``places``: the log
    groups at the beginning, each with its account and region. ``channel`` and ``ts``: the message, empty
    until it is posted. ``tails`` and ``shown`` change together: how far it was read, and what came of it.
    """

    key: Key
    name: str
    began: datetime
    since: datetime
    ends: datetime
    places: tuple[str, ...] = ()
    offer: str = ""
    """The id of the button that ends it."""
    channel: str = ""
    ts: str = ""
    tails: Mapping[str, Tail] = field(default_factory=dict)
    shown: Shown = field(default_factory=Shown)
    tries: int = 0
    """How many posts of the message were begun and may have had their effect."""
    ended: Ending | None = None
    ended_at: datetime | None = None
    version: int = 0

    def over(self, ending: Ending, at: datetime) -> Follow:
        return replace(self, ended=ending, ended_at=at)


class Follows(Protocol):
    def all(self) -> Sequence[Follow]:
        """Return every follow whose message has not said yet how it ended, the oldest first."""
        ...

    def begin(self, follow: Follow) -> bool:
        """Insert a follow; false if its key is followed already."""
        ...

    def write(self, follow: Follow) -> Follow | None:
        """Replace a follow and return it with its next version; ``None`` if somebody else wrote it since it
        was read, or it is gone.
        """
        ...

    def forget(self, follow: Follow) -> None:
        """Remove a follow, with the lines in it, unless somebody else wrote it since it was read."""
        ...
