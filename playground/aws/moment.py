"""World time: an instant for what AWS shows, and elapsed seconds for what is due.

When the clock jumps forward, the world lives through the gap. A jump back moves the shown instants and
otherwise costs nothing, because due times are in elapsed seconds, which never go back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

STEP = 0.5
"""The longest stride in seconds while anything is in motion, so that dates are true to about half a second.
"""
MOST_STEPS = 1200
"""The most strides in one catch-up; the rest of a longer jump is taken in one stride."""


@dataclass(frozen=True)
class Moment:
    """``at`` is the aware instant shown; ``t`` is the seconds this world has lived, which never fall."""

    at: datetime
    t: float

    def later(self, seconds: float) -> Moment:
        return Moment(self.at + timedelta(seconds=seconds), self.t + seconds)


def strides(last: Moment, now: datetime) -> Iterator[Moment]:
    """Yield the moments between ``last`` and the instant ``now``; the last of them is at ``now``."""
    gap = (now - last.at).total_seconds()
    if gap <= 0:
        yield Moment(now, last.t)
        return
    whole = min(int(gap / STEP), MOST_STEPS)
    for number in range(1, whole + 1):
        yield last.later(number * STEP)
    if whole * STEP < gap:
        yield Moment(now, last.t + gap)
