"""How the cost of some work grows with its input, without a bound in seconds."""

from __future__ import annotations

from collections.abc import Callable

from tests.cpu import cpu_seconds

TIMES = 16
"""How many times more input is given. Linear work then costs 16 times as much, and quadratic work 256 times.
"""
BOUND = 4 * TIMES
"""The bound between the two, at the same ratio to both."""
TRIES = 8
"""One run may be slowed by others on a shared machine, so the shortest of a few runs counts."""
FIRST_TRIES = 3
"""Runs of the few characters. If each was slowed, the bound is looser, and still far from quadratic."""
LEAST = 0.002
"""Seconds below which a run says more of the clock than of the work."""


def assert_linear(work: Callable[[str], object], piece: str, length: int) -> None:
    """Assert that ``work`` on ``length`` characters of repeated ``piece`` costs about 16 times as much as on
    a sixteenth of them.
    """
    few, many = piece * (length // TIMES // len(piece)), piece * (length // len(piece))
    enough = BOUND * max(LEAST, min(cpu_seconds(lambda: work(few)) for _ in range(FIRST_TRIES)))
    taken = [cpu_seconds(lambda: work(many))]
    while min(taken) >= enough and len(taken) < TRIES:
        taken.append(cpu_seconds(lambda: work(many)))
    assert min(taken) < enough, f"{len(many):,} characters: {min(taken):.4f} s; at most {enough:.4f} s"
