"""What people answer to a finding, and for how long that settles it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

KEPT_FOR = timedelta(days=30)
"""What the button says, where its reason is chosen and no time is typed."""
OWNED_FOR = timedelta(days=30)
"""Who just took it over is not asked at once whether anybody owns it."""
STOPPED_FOR = timedelta(days=14)
"""After somebody asked to stop it: by then it rests, or it is asked about again."""


class Reply(StrEnum):
    KEPT = "kept"
    OWNED = "owned"
    STOPPED = "stopped"
    NOT_MINE = "not mine"


@dataclass(frozen=True)
class Answer:
    """``id``: of the operation that gave it. ``until``: it settles the finding until then; *not mine* settles
    nothing. ``about``: of *owned* the owner's name."""

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
