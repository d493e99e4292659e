"""What a job of the clock remembers lives as long as its lease.

A job spares work by what it remembers: what is settled, what is watched, what was told. All of that is true
only while nobody else does it, so it begins anew whenever the lease may have been another's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.ports.store import Lease, Leases

Run = Callable[[], object]


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Job:
    """Something that is done again and again. ``every``: seconds of real time from one beat to the next.

    ``begin`` makes what a beat runs, with all that it remembers. ``lease``: only its holder runs the job;
    empty: every replica does. ``lost`` is run while another holds it.
    """

    name: str
    every: float
    begin: Callable[[], Run]
    lease: str = ""
    lost: Run = _nothing


class Tenure:
    """One job in one process. Not thread-safe: one beat at a time. ``seconds``: how long a lease lasts
    without a beat."""

    def __init__(self, job: Job, leases: Leases, seconds: float) -> None:
        self.job, self._leases, self._seconds = job, leases, seconds
        self._run: Run | None = None

    def beat(self) -> bool:
        """One beat, if the lease is ours; whether it is. Raises ``Trouble`` where the store does not answer:
        whose the lease is by then is told by the next beat."""
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
        return self._leases.hold(self.job.lease, self._seconds) if self.job.lease else Lease.RENEWED
