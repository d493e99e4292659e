"""Finds environments with nothing left to stop: no stop is announced for one that is asleep or stopping."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from handlers.gate.fitting import fit
from handlers.gate.parts import Parts
from handlers.now import move_in, sleeping
from handlers.ports.store import CatalogState
from policies.access.people import ClockActor
from policies.service.environment import Environment

AGAIN = timedelta(minutes=1)
"""Time between two looks at one environment: each is several reads of AWS, and only environments that a stop
has saved are looked at.
"""


class Moot:
    """Tells which stops are moot. Not thread-safe; part of the clock's tick. A silence of AWS makes nothing
    moot.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._seen: dict[str, tuple[datetime, bool]] = {}

    def stopping(self, names: Collection[str]) -> frozenset[str]:
        """Return the given environments that are being stopped, whoever asked for it."""
        moves = (move_in((r,)) for r in self._parts.records.running(list(names)))
        return frozenset(m.environment for m in moves if m is not None and m.name == "stop")

    def asleep(
        self, environments: Collection[Environment], state: CatalogState, now: datetime
    ) -> frozenset[str]:
        """Return the given environments that a stop has put to sleep and that are still asleep."""
        stopped = self._parts.book.capacities.stopped() if environments else frozenset[str]()
        return frozenset(e.name for e in environments if e.name in stopped and self._sleeps(e, state, now))

    def _sleeps(self, environment: Environment, state: CatalogState, now: datetime) -> bool:
        at, was = self._seen.get(environment.name, (None, False))
        if at is None or not at <= now < at + AGAIN:
            was = sleeping(fit(self._parts, environment, ClockActor(), state))
            self._seen[environment.name] = (now, was)
        return was
