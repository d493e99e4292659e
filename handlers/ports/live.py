"""Messages of the clock that belong to no operation and to no stop, and that stay true until they are over.

As with every store, each method may raise ``handlers.words.errors.StoreLost``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from handlers.words.message import Message


class Thing(StrEnum):
    """What such a message belongs to."""

    DRIFT = "drift"
    """What runs in an environment that its schedule has stopped."""
    BUDGET = "budget"
    """A share of a budget that is spent, with what could be stopped."""
    ORPHAN = "orphan"
    """A finding that nobody answered in time."""


@dataclass(frozen=True)
class LivePost:
    """``subject``: its environment, or the pattern of its budget. ``said``: as it was posted ``at``, with the
    ids of its buttons. ``about``: what tells one of a subject from another, such as a finding's round.
    ``shown``: a digest of what it says now."""

    channel: str
    ts: str
    thing: Thing
    subject: str
    at: datetime
    said: Message
    about: Mapping[str, str] = field(default_factory=dict)
    shown: str = ""
    over: bool = False


class LivePosts(Protocol):
    def live(self) -> Sequence[LivePost]:
        """Those that are not over, in the order in which they were posted."""
        ...

    def write(self, post: LivePost) -> None:
        """Insert or replace, by channel and ``ts``."""
        ...
