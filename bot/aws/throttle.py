"""Client-side token buckets: does a call to AWS fit now, or in how many seconds?

ECS meters calls per account, region and category, shared with CI, the console and Terraform (facts/ecs 1.4).
We use a share of each published rate and reserve a part of that share for people, so that a person's restart
does not queue behind a fleet's stop. A larger part is reserved for people and transitions together, so that
neither queues behind the meter. Nothing here sleeps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from types import MappingProxyType


@dataclass(frozen=True)
class Rate:
    """One of AWS's buckets: how many calls fit at once, and how many a second in the long run."""

    burst: float
    per_second: float


RATES: Mapping[str, Rate] = MappingProxyType(
    {
        "cluster read": Rate(50, 20),
        "service read": Rate(100, 20),
        "service modify": Rate(50, 5),
        "service deployment": Rate(50, 20),
        "service revision": Rate(50, 20),
        "cluster resource read": Rate(100, 20),
        "cluster resource modify": Rate(100, 40),
        "task protection": Rate(200, 80),
        "task definition read": Rate(50, 20),
        "scaling": Rate(40, 10),
        "groups": Rate(40, 10),
        "database": Rate(40, 10),
        "caches": Rate(40, 10),
        "parameters": Rate(40, 10),
        "parameter writes": Rate(10, 2),
        "configurations": Rate(40, 10),
        "configuration writes": Rate(10, 2),
        "metrics": Rate(40, 10),
        "optimizer": Rate(10, 2),
        "volumes": Rate(40, 10),
        "log groups": Rate(400, 10),
        "log events": Rate(10, 5),
        "log queries": Rate(10, 5),
        "price list": Rate(100, 5),
    }
)
"""Rates of the categories that this bot calls (facts/ecs 1.4). The rates after *task definition read* are our
own assumptions, because no published rate was found (facts/ecs 7.8): most allow 10 calls a second and 40 at
once. Prices and log groups are read in many pages in one go, so their bursts have room for a large account.
FilterLogEvents has 5 a second where it has fewest, and nobody can raise that (facts/ecs 4); its burst is our
own assumption, and a caller that is refused goes on with what it has.
"""

HAIR = 1e-6
"""Tokens. Sums of seconds are inexact, and a caller who waited as long as the answer said must get through.
"""


class Standing(StrEnum):
    """For whom a call is made. A lower rank leaves more in the bucket for the ranks above."""

    PERSON = "person"
    CLOCK = "clock"
    """Transitions, and the reads that they need."""
    BACKGROUND = "background"
    """The meter. Nobody waits for it, and what it could not read now it reads a little later."""


@dataclass(frozen=True)
class Allowance:
    """``share`` of AWS's published rate is ours. ``reserve`` of that share is for people alone, and
    ``foreground`` of the share is for people and the clock. Half is right for the latter: a fleet's
    transition that begins while the meter is at work then finds as much room as the meter has.
    """

    share: float = 0.5
    reserve: float = 0.2
    foreground: float = 0.5

    def __post_init__(self) -> None:
        if not (0 < self.share <= 1 and 0 <= self.reserve < 1 and 0 <= self.foreground < 1):
            raise ValueError("share must lie in (0, 1], reserve and foreground in [0, 1)")

    def left_by(self, standing: Standing) -> float:
        """The part of our share that must stay in the bucket."""
        match standing:
            case Standing.PERSON:
                return 0.0
            case Standing.CLOCK:
                return self.reserve
            case Standing.BACKGROUND:
                return max(self.reserve, self.foreground)


@dataclass
class _Bucket:
    tokens: float
    at: float


@dataclass
class Buckets:
    """The buckets of one account and region. ``clock`` counts monotonic seconds. Safe between threads."""

    clock: Callable[[], float]
    allowance: Allowance = field(default_factory=Allowance)
    among: Callable[[], int] = lambda: 1
    """How many processes share the allowance now, this process included."""
    _filled: dict[str, _Bucket] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def ask(self, category: str, *, standing: Standing, calls: int = 1) -> float:
        """Take room for so many calls. Return 0.0 if they may be made now, else the number of seconds until
        they could be made; then nothing is taken. More calls than the bucket can hold count as many as it can
        hold.

        A caller of a lower rank must leave in the bucket what is reserved for the higher ranks. Raise
        ``KeyError`` for an unknown category.
        """
        rate = RATES[category]
        share = self.allowance.share / max(1, self.among())
        refill = rate.per_second * share
        capacity = max(1.0, rate.burst * share)
        needed = min(capacity, calls + capacity * self.allowance.left_by(standing))
        with self._lock:
            bucket = self._refilled(category, capacity, refill)
            if bucket.tokens + HAIR >= needed:
                bucket.tokens -= min(capacity, calls)
                return 0.0
            return (needed - bucket.tokens) / refill

    def give_back(self, category: str, calls: int) -> None:
        """Return the room of calls that were not made."""
        with self._lock:
            self._filled[category].tokens += calls

    def _refilled(self, category: str, capacity: float, refill: float) -> _Bucket:
        now = self.clock()
        bucket = self._filled.setdefault(category, _Bucket(capacity, now))
        bucket.tokens = min(capacity, bucket.tokens + max(0.0, now - bucket.at) * refill)
        bucket.at = now
        return bucket


class Throttle:
    """All buckets of this process, one set for each account and region."""

    def __init__(
        self,
        clock: Callable[[], float],
        allowance: Allowance | None = None,
        among: Callable[[], int] = lambda: 1,
    ) -> None:
        self._clock, self._among = clock, among
        self._allowance = allowance or Allowance()
        self._buckets: dict[tuple[str, str], Buckets] = {}
        self._lock = Lock()

    def buckets(self, account: str, region: str) -> Buckets:
        with self._lock:
            fresh = Buckets(self._clock, self._allowance, self._among)
            return self._buckets.setdefault((account, region), fresh)
