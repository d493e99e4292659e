"""The measure for CPU time: the time this machine takes for a known amount of plain Python.

Seconds of CPU differ from machine to machine, and on one machine when its neighbours are busy. A ratio to
work done in the same run, just before and just after, means the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType

from tests.cpu import cpu_seconds

COUNTED = 20_000_000
"""The yardstick is counting to this number; only a part is counted, and the time is scaled up."""
PART = 5_000_000


@dataclass(frozen=True)
class Taken:
    """CPU seconds of the work in one run, and of the yardstick next to that run."""

    work: float
    counting: float

    @property
    def ratio(self) -> float:
        return self.work / self.counting

    def __str__(self) -> str:
        return f"{self.work:.3f} / {self.counting:.2f} s of CPU"


def beside(work: Callable[[], object], *, tries: int) -> Taken:
    """Run ``work`` and the yardstick in turns, ``tries`` times, and return the run whose ratio is the median.
    Each call of ``work`` must do all of the work again.

    The yardstick of a run is what counting took just before and just after it, because a neighbour may slow
    the machine from one second to the next.
    """
    runs, before = list[Taken](), cpu_seconds(counting())
    for _ in range(tries):
        taken, after = cpu_seconds(work), cpu_seconds(counting())
        runs.append(Taken(taken, (before + after) / 2 * (COUNTED / PART)))
        before = after
    return sorted(runs, key=lambda run: run.ratio)[tries // 2]


def counted() -> float:
    """Return the seconds of CPU in which this machine counts to ``COUNTED``, the least of three tries."""
    return min(cpu_seconds(counting()) for _ in range(3)) * (COUNTED / PART)


def counting() -> FunctionType:
    """Return code that has never run. CPython 3.11 specialises code at its eighth call; this code would then
    count 2.5 times as fast (1.35 and 0.54 s), so a ratio would depend on how much was measured before.
    """
    return FunctionType(_count.__code__.replace(), globals())


def _count() -> None:
    n = 0
    while n < PART:
        n += 1
