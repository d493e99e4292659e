"""What the meter last saw of an environment, kept so that a page of many needs no call to AWS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ServiceSeen:
    """``deployed``: when its newest deployment was made; ``deployment``: that one's id. ``revision``: its
    task definition's. ``healthy``: ``None`` where it cannot be told."""

    name: str
    desired: int
    running: int
    healthy: bool | None = None
    deployment: str = ""
    deployed: datetime | None = None
    revision: str = ""


@dataclass(frozen=True)
class Sighting:
    """``at``: when AWS was last asked with an answer. ``trouble``: why it cannot be asked now, as a sentence;
    the rest is then as it was at ``at`` (``None``: never). ``zone``: by which its days were rolled up then;
    everything that was seen until ``at`` is in them. ``balancers``: ids of the load balancers that it used
    when all of it was last seen, which is how it is known that several use one."""

    environment: str
    at: datetime | None = None
    services: tuple[ServiceSeen, ...] = ()
    trouble: str = ""
    zone: str = ""
    balancers: tuple[str, ...] = ()
