"""CPU time on shared machines: what one run took may be somebody else's, the least of a few is ours."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 8


def cpu_seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def least(work: Callable[[], object], enough: float) -> float:
    """The least CPU seconds of a few runs; the first run within ``enough`` ends them."""
    taken = [cpu_seconds(work)]
    while min(taken) >= enough and len(taken) < TRIES:
        taken.append(cpu_seconds(work))
    return min(taken)
