"""A world in which time goes on only when a test lets it."""

from __future__ import annotations

from datetime import datetime

from playground.clock import PlaygroundClock


class StillClock(PlaygroundClock):
    """Goes on only by ``advance`` and ``to``: what a test sees does not depend on how busy the machine is.

    The pace is for the world's request limits, which fill up in real time.
    """

    def __init__(self) -> None:
        super().__init__(pace=50.0)

    def _now(self) -> datetime:
        return self._base
