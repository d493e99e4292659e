"""What CPU time is measured in: the time this machine takes for a known amount of plain Python.

Seconds of CPU are another number on another machine, and on this one while its neighbours are busy. A ratio
to work that was done in the same run, just before and just after, says the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.cpu import cpu_seconds

COUNTED = 20_000_000
"""The yardstick is counting to this; a part of it is counted, and scaled up."""
PART = 5_000_000


@dataclass(frozen=True)
class Taken:
    """CPU seconds of the work, and of the yardstick beside it. Each is the least of a few runs: what one run
    took may be somebody else's."""

    work: float
    counting: float

    @property
    def ratio(self) -> float:
        return self.work / self.counting

    def __str__(self) -> str:
        return f"{self.work:.3f} / {self.counting:.2f} s of CPU"


def beside(work: Callable[[], object], *, tries: int) -> Taken:
    """``work`` and the yardstick by turns, ``tries`` times; each call of ``work`` does all of it anew."""
    each = [(cpu_seconds(work), cpu_seconds(_count)) for _ in range(tries)]
    return Taken(min(w for w, _ in each), min(c for _, c in each) * (COUNTED / PART))


def _count() -> None:
    n = 0
    while n < PART:
        n += 1
