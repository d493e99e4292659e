"""World time: an instant for what AWS shows, and elapsed seconds for what is due.

Clock jumps forward make the world live through the gap; jumps backward move the shown instants and
otherwise cost nothing, because due times are in elapsed seconds, which never go back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

STEP = 0.5
"""Longest stride in seconds while anything is in motion, so that dates are true to about half a second."""
MOST_STEPS = 1200
"""Strides of one catch-up; what a longer jump leaves is taken in one."""


@dataclass(frozen=True)
class Moment:
    """``at``: the aware instant shown. ``t``: seconds this world has lived, never falling."""

    at: datetime
    t: float

    def later(self, seconds: float) -> Moment:
        return Moment(self.at + timedelta(seconds=seconds), self.t + seconds)


def strides(last: Moment, now: datetime) -> Iterator[Moment]:
    """The moments between ``last`` and the instant ``now``, the last of them at ``now``."""
    gap = (now - last.at).total_seconds()
    if gap <= 0:
        yield Moment(now, last.t)
        return
    whole = min(int(gap / STEP), MOST_STEPS)
    for number in range(1, whole + 1):
        yield last.later(number * STEP)
    if whole * STEP < gap:
        yield Moment(now, last.t + gap)
