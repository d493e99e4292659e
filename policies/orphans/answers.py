"""What people answer to a finding, and how long each answer settles the finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

KEPT_FOR = timedelta(days=30)
"""How long an environment is kept by a button that offers reasons and no field for a time."""
OWNED_FOR = timedelta(days=30)
"""How long nobody asks who owns an environment after somebody took the environment over."""
STOPPED_FOR = timedelta(days=14)
"""How long a stop settles a finding: by then the environment rests, or people are asked about it again."""


class Reply(StrEnum):
    KEPT = "kept"
    OWNED = "owned"
    STOPPED = "stopped"
    NOT_MINE = "not mine"


@dataclass(frozen=True)
class Answer:
    """One person's answer to a finding.

    ``id``: the operation that recorded the answer. ``until``: when the answer stops settling the finding;
    *not mine* settles nothing. ``about``: the owner's name, if the reply is *owned*.
    """

    id: str
    reply: Reply
    at: datetime
    by: str
    by_name: str
    until: datetime
    reason: str = ""
    about: str = ""

    def holds(self, now: datetime) -> bool:
        return self.reply is not Reply.NOT_MINE and now < self.until
