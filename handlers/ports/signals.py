"""What AWS knows for and against somebody using an environment, and what is left over in an account.

What cannot be known is ``None``, never zero: a metric without a point says nothing by itself.
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
    """Requests at an environment's application load balancers; health checks are not counted (facts/ecs 7.8).

    ``requests``: in the days asked about; zero only if the metric has had a point before. ``last``: the
    newest UTC day with requests, as far back as CloudWatch remembers (15 months). ``uncounted``: the names of
    services whose requests cannot be counted, such as those behind a network load balancer.
    """

    requests: int
    last: date | None = None
    uncounted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Idle:
    """Compute Optimizer's finding that something is idle. ``name``: the service, or the database. ``days``:
    how far the finding looks back; ``at``: when it was made.
    """

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
    """A signal that AWS did not return just now: ``why`` is a sentence. The signal itself is then ``None`` as
    well.
    """

    sign: Sign
    why: str


@dataclass(frozen=True)
class Signs:
    """All signals of one environment at one moment.

    ``days``: the look-back of ``traffic`` and ``cpu``, up to now. ``traffic``: ``None`` if no service has a
    load balancer that counts requests, or none of these ever had a point. ``cpu``: per cent of what is
    reserved, as the daily average of the busiest service on its busiest day; ``None`` if no service had a
    point. ``idle``: ``None`` if the account is not enrolled in Compute Optimizer; empty if Compute Optimizer
    found nothing idle. ``pushed``: when the newest image that runs now was pushed. ``registered``: when the
    newest revision that the services are at was registered, which is not when it was deployed.
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
    """Reads the signals of one environment, like every port of AWS. For the clock: the calls leave room for
    people.
    """

    def read(self, days: int = 14) -> Signs:
        """Return every signal that AWS gives now; a signal that AWS refuses is ``unread``, and the others
        stand. ``days``: 1 to 60.

        Raises ``Trouble`` only if the environment's services themselves cannot be listed.
        """
        ...


class LeftoverKind(StrEnum):
    BALANCER = "load balancer"
    CLUSTER = "cluster"
    VOLUME = "volume"
    ADDRESS = "public address"
    LOG_GROUP = "log group"


@dataclass(frozen=True)
class Leftover:
    """Something in an account that nobody seems to use. Leftovers are listed, and never deleted.

    ``id``: unique in the account and region, shown to admins alone; ``name``: as people know it. ``since``:
    when it was made, if AWS says. ``gigabytes``: the size of a volume, or what a log group keeps. ``parts``:
    what it costs continuously, by the price list (``policies.cost.prices``); empty if no price of it is kept,
    which does not mean free.
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
    """``unread``: the kinds that AWS did not list, with a sentence that says why; nothing is known about
    these.
    """

    account: str
    region: str
    at: datetime
    leftovers: tuple[Leftover, ...]
    unread: tuple[tuple[LeftoverKind, str], ...] = ()


class Leftovers(Protocol):
    """Finds leftovers in the account and region of one environment, with that environment's role.

    What counts as left over: a load balancer without a healthy target and without a request in the days asked
    about; a cluster without a service, task or instance that no environment of the catalog names; a volume
    that is attached to nothing; an address that is associated with nothing; a log group that keeps everything
    for ever.
    """

    def find(self, kinds: Collection[LeftoverKind] = tuple(LeftoverKind), *, days: int = 14) -> Found:
        """Return all leftovers of each kind, over all pages; a kind that AWS refuses is ``unread``, and the
        others stand.
        """
        ...
