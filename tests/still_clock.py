"""A world in which time passes only when a test lets it."""

from __future__ import annotations

from datetime import datetime

from playground.clock import PlaygroundClock


class StillClock(PlaygroundClock):
    """A clock that moves only by ``advance`` and ``to``, so that a test sees the same however busy the
    machine is.

    The pace serves the world's request limits, which refill in real time.
    """

    def __init__(self) -> None:
        super().__init__(pace=50.0)

    def _now(self) -> datetime:
        return self._base
