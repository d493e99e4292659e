"""The clock's messages that belong to no operation and to no stop, and that are kept true until they are
over.

As with every store, each method may raise ``handlers.words.errors.StoreLost``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from handlers.words.message import Message


class Thing(StrEnum):
    """What such a message is about."""

    DRIFT = "drift"
    """Something runs in an environment that its schedule has stopped."""
    BUDGET = "budget"
    """A share of a budget is spent; the message says what could be stopped."""
    ORPHAN = "orphan"
    """Nobody answered a finding in time."""
    DIGEST = "digest"
    """A week's digest that asks about findings."""


@dataclass(frozen=True)
class LivePost:
    """``subject``: the environment, the pattern of the budget, or the week of the digest. ``said``: the
    message as posted ``at``, with the ids of its buttons. ``about``: what tells apart the messages of one
    subject, such as a finding's round; of a digest, the round of each finding. ``shown``: a digest of what
    the message says now.
    """

    channel: str
    ts: str
    thing: Thing
    subject: str
    at: datetime
    said: Message
    about: Mapping[str, str] = field(default_factory=dict)
    shown: str = ""
    over: bool = False


def digest_of(said: Message) -> str:
    """Return what tells a message apart from another that says anything else."""
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


class LivePosts(Protocol):
    def live(self) -> Sequence[LivePost]:
        """Return the posts that are not over, in the order in which they were posted."""
        ...

    def write(self, post: LivePost) -> None:
        """Insert or replace a post, by channel and ``ts``."""
        ...
