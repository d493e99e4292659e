"""What the clock remembers lives as long as its lease.

A clock spares work by what it remembers: what is settled, what is watched, what was told. All of that is
true only while nobody else acts, so it begins anew whenever the lease may have been another's.
"""

from __future__ import annotations

from collections.abc import Callable

from handlers.clock.due import DueClock
from handlers.ports.store import Lease, Leases

LEASE = "clock"


class Tenure:
    """Not thread-safe: one beat at a time. ``seconds``: how long the lease lasts without a beat; ``begin``
    makes a clock that remembers nothing."""

    def __init__(self, leases: Leases, seconds: float, begin: Callable[[], DueClock]) -> None:
        self._leases, self._seconds, self._begin = leases, seconds, begin
        self._clock: DueClock | None = None

    def beat(self) -> bool:
        """One tick, if the lease is ours; whether it is. Raises ``Trouble`` where the store does not answer:
        whose the lease is by then is told by the next beat."""
        match self._leases.hold(LEASE, self._seconds):
            case Lease.ANOTHERS:
                self._clock = None
                return False
            case Lease.TAKEN:
                self._clock = None
            case Lease.RENEWED:
                pass
        self._clock = self._clock or self._begin()
        self._clock.tick()
        return True
