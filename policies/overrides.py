"""An override: an exception to an environment's schedule that always ends by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class Override:
    """Up or down from ``since`` (inclusive) to ``until`` (exclusive), whatever the schedule says.

    ``actor`` and ``actor_name`` are who set it; ``ended_at``: given back early, by ``ended_by`` (a name).
    """

    id: str
    environment: str
    state: Literal["up", "down"]
    since: datetime
    until: datetime
    reason: str = ""
    actor: str = ""
    actor_name: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""

    def holds(self, now: datetime) -> bool:
        return self.since <= now < self.end

    @property
    def end(self) -> datetime:
        """When it ends, or was ended."""
        return self.until if self.ended_at is None else min(self.until, self.ended_at)


def in_force(overrides: Iterable[Override], environment: str, now: datetime) -> Override | None:
    """Of those that hold now the one that was set last: a new one takes the place of the one before."""
    held = [o for o in overrides if o.environment == environment and o.holds(now)]
    return max(held, key=lambda o: (o.since, o.id), default=None)
