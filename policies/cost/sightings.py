"""What the meter last saw of an environment, kept so that a page of many needs no call to AWS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ServiceSeen:
    """What was seen of a service. ``deployed``: when its newest deployment was made; ``deployment``: that
    deployment's id. ``revision``: of its task definition. ``healthy``: ``None`` if it cannot be told.
    """

    name: str
    desired: int
    running: int
    healthy: bool | None = None
    deployment: str = ""
    deployed: datetime | None = None
    revision: str = ""


@dataclass(frozen=True)
class Sighting:
    """What was seen of an environment. ``at``: when AWS last answered. ``trouble``: why AWS cannot be asked
    now, as a sentence; the rest is then as it was at ``at`` (``None``: never). ``zone``: the time zone by
    which the days were rolled up then; they contain everything that was seen until ``at``. ``balancers``: ids
    of the load balancers that the environment used when it was last seen as a whole; from these it is known
    which ones are shared.
    """

    environment: str
    at: datetime | None = None
    services: tuple[ServiceSeen, ...] = ()
    trouble: str = ""
    zone: str = ""
    balancers: tuple[str, ...] = ()
