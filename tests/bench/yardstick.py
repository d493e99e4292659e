"""The measure for CPU time: the time this machine takes for a known amount of plain Python.

Seconds of CPU differ from machine to machine, and on one machine when its neighbours are busy. A ratio to
work done in the same run, just before and just after, means the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.cpu import cpu_seconds

COUNTED = 20_000_000
"""The yardstick is counting to this number; only a part is counted, and the time is scaled up."""
PART = 5_000_000


@dataclass(frozen=True)
class Taken:
    """CPU seconds of the work, and of the yardstick next to it. Each is the least of a few runs, because one
    run may be slowed by others.
    """

    work: float
    counting: float

    @property
    def ratio(self) -> float:
        return self.work / self.counting

    def __str__(self) -> str:
        return f"{self.work:.3f} / {self.counting:.2f} s of CPU"


def beside(work: Callable[[], object], *, tries: int) -> Taken:
    """Run ``work`` and the yardstick in turns, ``tries`` times. Each call of ``work`` must do all of the work
    again.
    """
    each = [(cpu_seconds(work), cpu_seconds(_count)) for _ in range(tries)]
    return Taken(min(w for w, _ in each), min(c for _, c in each) * (COUNTED / PART))


def _count() -> None:
    n = 0
    while n < PART:
        n += 1
