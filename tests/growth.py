"""How the cost of a piece of work grows with what it is given, told without a bound on seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

TIMES = 16
"""So much more is given. Work that grows with the length then costs 16 times as much, with its square 256."""
BOUND = 4 * TIMES
"""Between the two, as far from the one as from the other."""
TRIES = 8
"""What one run took may be somebody else's, on a machine that is shared; the least of a few is ours."""
LEAST = 0.002
"""Seconds below which a run says more of the clock than of the work."""


def assert_linear(work: Callable[[str], object], piece: str, length: int) -> None:
    """``work`` on ``length`` characters of ``piece`` repeated costs about a sixteenth of what it costs on 16
    times as many."""
    few, many = piece * (length // TIMES // len(piece)), piece * (length // len(piece))
    enough = BOUND * max(LEAST, min(_cpu_seconds(work, few) for _ in range(TRIES)))
    taken = [_cpu_seconds(work, many)]
    while min(taken) >= enough and len(taken) < TRIES:
        taken.append(_cpu_seconds(work, many))
    assert min(taken) < enough, f"{len(many):,} characters: {min(taken):.4f} s; at most {enough:.4f} s"


def _cpu_seconds(work: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began
