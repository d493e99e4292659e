"""Leftovers in an account that belong to no environment: listed, and never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Leftover:
    """``kind``: in words (*load balancer*). ``id``: for admins alone; ``name``: as people know it.
    ``monthly``: millionths of a US dollar; ``None``: unknown, which is not free. ``prices``: by which, in
    words."""

    account: str
    region: str
    kind: str
    id: str
    name: str
    since: datetime | None = None
    gigabytes: int | None = None
    monthly: int | None = None
    prices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """No environment's name has a colon, so that no two subjects are called the same."""
        return f"{self.account}:{self.region}:{self.kind}:{self.id}"


@dataclass(frozen=True)
class Sweep:
    """How an account and region was looked through last. ``unread``: kinds that AWS did not list then, with
    the sentence why; one whose kind is empty says why nothing at all could be listed."""

    account: str
    region: str
    at: datetime
    unread: tuple[tuple[str, str], ...] = ()
