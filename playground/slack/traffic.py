"""What crossed the playground: every payload both ways, its answer and its duration."""

from __future__ import annotations

import itertools
import threading
from collections import deque

from playground.clock import PlaygroundClock
from playground.slack.changes import Changes
from playground.slack.words import Json

KEPT = 2_000
"""Rows kept; older ones are forgotten, so that a day of play does not fill the memory."""


class Traffic:
    """The newest rows. ``add`` may be called from any thread (the AWS world has its own)."""

    def __init__(self, clock: PlaygroundClock, changes: Changes) -> None:
        self._clock, self._changes = clock, changes
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._rows: deque[Json] = deque(maxlen=KEPT)

    def add(self, row: Json) -> None:
        """Keep one exchange. The page shows ``direction`` (``to_bot``, ``from_bot``, ``aws``), ``method``,
        ``payload``, ``status``, ``latency_ms``, ``answer`` and ``errors``.
        """
        with self._lock:
            kept = {"id": next(self._ids), "at": self._clock.now().isoformat(), **row}
            self._rows.append(kept)
        self._changes.tell("traffic", id=kept["id"])

    def rows(self, *, after: int = 0, method: str = "") -> list[Json]:
        """Return the rows with an id above ``after``, oldest first; only those of ``method`` if
        one is named.
        """
        with self._lock:
            return [r for r in self._rows if r["id"] > after and method in ("", r.get("method"))]
