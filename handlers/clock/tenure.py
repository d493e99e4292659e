"""What a job of the clock remembers lives as long as its lease.

A job spares work by remembering what is settled, what is watched and what was told. All of that is true only
while nobody else does the job, so the job starts from nothing whenever another process may have held the
lease.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.ports.store import Lease, Leases

Run = Callable[[], object]
RENEWED_AFTER = 3
"""A lease is asked for again after this fraction (1/n) of its duration: two attempts may fail before anybody
else can take it.
"""


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Job:
    """Something that is done again and again. ``every``: seconds of real time between two beats.

    ``begin`` makes what a beat runs, with all that it remembers. ``lease``: only its holder runs the job; if
    empty, every replica does. ``lost`` is run while another process holds the lease.
    """

    name: str
    every: float
    begin: Callable[[], Run]
    lease: str = ""
    lost: Run = _nothing


class Tenure:
    """One job in one process. Not thread-safe: one beat at a time. ``seconds``: how long a lease lasts
    without a beat.

    ``ticks``: returns seconds that go on whatever this process does, also while the machine sleeps. A lease
    that was held a moment ago is not asked for again before a third of its duration has passed: nobody else
    can take it until then. Without ``ticks`` each beat asks.
    """

    def __init__(
        self, job: Job, leases: Leases, seconds: float, *, ticks: Callable[[], float] | None = None
    ) -> None:
        self.job, self._leases, self._seconds, self._ticks = job, leases, seconds, ticks
        self._run: Run | None = None
        self._asked: float | None = None

    def beat(self) -> bool:
        """Run one beat if the lease is ours; return whether it is. Raises ``Trouble`` if the store does not
        answer; the next beat then finds out whose the lease is.
        """
        match self._held():
            case Lease.ANOTHERS:
                self._run = None
                self.job.lost()
                return False
            case Lease.TAKEN:
                self._run = None
            case Lease.RENEWED:
                pass
        self._run = self._run or self.job.begin()
        self._run()
        return True

    def _held(self) -> Lease:
        if not self.job.lease or self._just_had():
            return Lease.RENEWED
        asked = self._ticks() if self._ticks else None
        self._asked = None
        held = self._leases.hold(self.job.lease, self._seconds)
        self._asked = asked if held is not Lease.ANOTHERS else None
        return held

    def _just_had(self) -> bool:
        if self._ticks is None or self._asked is None:
            return False
        return 0 <= self._ticks() - self._asked < self._seconds / RENEWED_AFTER
