"""Leftovers in an account that belong to no environment. They are listed, and never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Leftover:
    """One thing in an account that belongs to no environment.

    ``kind``: in words (*load balancer*). ``id``: shown to admins alone. ``name``: the name that people use.
    ``monthly``: millionths of a US dollar; ``None`` if unknown, which is not free. ``prices``: the prices
    behind ``monthly``, in words.
    """

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
        """A key with colons. No environment's name has a colon, so no two subjects share a name."""
        return f"{self.account}:{self.region}:{self.kind}:{self.id}"


@dataclass(frozen=True)
class Sweep:
    """The last search of an account and region.

    ``unread``: the kinds that AWS did not list then, each with a sentence that says why. An empty kind means
    that nothing could be listed.
    """

    account: str
    region: str
    at: datetime
    unread: tuple[tuple[str, str], ...] = ()
