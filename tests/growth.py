"""How the cost of a piece of work grows with what it is given, told without a bound on seconds."""

from __future__ import annotations

from collections.abc import Callable

from tests.cpu import cpu_seconds

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
    enough = BOUND * max(LEAST, min(cpu_seconds(lambda: work(few)) for _ in range(TRIES)))
    taken = [cpu_seconds(lambda: work(many))]
    while min(taken) >= enough and len(taken) < TRIES:
        taken.append(cpu_seconds(lambda: work(many)))
    assert min(taken) < enough, f"{len(many):,} characters: {min(taken):.4f} s; at most {enough:.4f} s"
