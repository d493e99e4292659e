"""What speaks for and against somebody using an environment, as AWS has it; and what lies about in an
account.

What cannot be known is ``None`` and never zero: a metric that has no point says nothing by itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from policies.cost.spans import Part


@dataclass(frozen=True)
class Traffic:
    """Requests at an environment's application load balancers; health checks are none of them (facts/ecs
    7.8).

    ``requests``: in the days asked about; zero only where the metric has had a point before. ``last``: the
    newest UTC day with any, as far back as CloudWatch remembers (15 months). ``uncounted``: names of the
    services whose requests cannot be counted, as those behind a network load balancer.
    """

    requests: int
    last: date | None = None
    uncounted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Idle:
    """Compute Optimizer's finding that something is idle. ``name``: the service, or the database. ``days``:
    how far it looked back; ``at``: when it found it."""

    name: str
    days: int
    at: datetime | None = None


class Sign(StrEnum):
    """What one signal is about."""

    TRAFFIC = "requests"
    CPU = "CPU"
    IDLE = "Compute Optimizer"
    PUSHED = "image age"
    REGISTERED = "newest revision"


@dataclass(frozen=True)
class Unread:
    """A signal that AWS did not give just now: ``why`` is a sentence. It is then ``None`` as well."""

    sign: Sign
    why: str


@dataclass(frozen=True)
class Signs:
    """All signals of one environment at one moment.

    ``days``: the look-back of ``traffic`` and ``cpu``, to now. ``traffic``: ``None`` where no service has a
    load balancer that counts requests, or none of these ever had a point. ``cpu``: per cent of what is
    reserved, as the daily average of the busiest service on its busiest day; ``None`` where no service had a
    point. ``idle``: ``None`` where the account is not enrolled in Compute Optimizer; empty where it found
    nothing idle. ``pushed``: when the newest of the images that run now was pushed. ``registered``: when the
    newest of the revisions that its services are at was registered, which is not when it was deployed.
    """

    environment: str
    at: datetime
    days: int
    traffic: Traffic | None = None
    cpu: float | None = None
    idle: tuple[Idle, ...] | None = None
    pushed: datetime | None = None
    registered: datetime | None = None
    unread: tuple[Unread, ...] = ()


class Signals(Protocol):
    """Bound to one environment, as every port of AWS. For the clock: it leaves room for people."""

    def read(self, days: int = 14) -> Signs:
        """Every signal that AWS gives now; what it refuses is ``unread`` and the others stand. ``Trouble``
        only where the environment's services themselves cannot be listed. ``days``: 1 to 60."""
        ...


class LeftoverKind(StrEnum):
    BALANCER = "load balancer"
    CLUSTER = "cluster"
    VOLUME = "volume"
    ADDRESS = "public address"
    LOG_GROUP = "log group"


@dataclass(frozen=True)
class Leftover:
    """Something in an account that nobody seems to use. Listed, and never deleted.

    ``id``: unique in the account and region, for admins alone; ``name``: as people know it. ``since``: when
    it was made, where AWS says. ``gigabytes``: of a volume, or kept in a log group. ``parts``: what it costs
    all the while, of the price list (``policies.cost.prices``); empty where no price of it is kept, which is
    not free.
    """

    account: str
    region: str
    kind: LeftoverKind
    id: str
    name: str
    since: datetime | None = None
    gigabytes: int | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Found:
    """``unread``: kinds that AWS did not list, with the sentence why: of these nothing is known."""

    account: str
    region: str
    at: datetime
    leftovers: tuple[Leftover, ...]
    unread: tuple[tuple[LeftoverKind, str], ...] = ()


class Leftovers(Protocol):
    """Of the account and region of one environment, seen with that environment's role.

    A balancer is left over without a healthy target and without a request in the days asked about, a cluster
    with no service, task or instance that no environment of the catalog names, a volume that is attached to
    nothing, an address that is associated with nothing, a log group that keeps everything for ever.
    """

    def find(self, kinds: Collection[LeftoverKind] = tuple(LeftoverKind), *, days: int = 14) -> Found:
        """All pages of each kind; one that is refused is ``unread`` and the others stand."""
        ...
