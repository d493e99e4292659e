"""Who opened their Home lately, and what it showed last, so that it can be drawn again when that changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.slack.limits import EditBudget
from policies.access.people import SlackPerson

LATELY = 1_800.0
"""Seconds after somebody opened their Home in which it is kept true."""
MOST = 500


@dataclass
class Viewer:
    """``opened``: on a monotonic clock. ``shown``: a digest of what Slack took last. ``lock``: held while it
    is drawn and sent, so that what was read earlier is never shown over what was read later."""

    person: SlackPerson
    opened: float
    shown: str = ""
    behind: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Viewers:
    """Thread-safe. Each process knows those whose Homes were opened through it."""

    def __init__(self, monotonic: Callable[[], float], *, every: float = 3.0) -> None:
        self.budget = EditBudget(every, monotonic=monotonic)
        self._monotonic, self._lock = monotonic, threading.Lock()
        self._held: dict[str, Viewer] = {}

    def opened(self, person: SlackPerson) -> Viewer:
        """They look at it now."""
        now = self._monotonic()
        with self._lock:
            self._held = {u: v for u, v in self._held.items() if now - v.opened < LATELY}
            if len(self._held) >= MOST:
                self._held.pop(min(self._held, key=lambda user: self._held[user].opened))
            viewer = self._held.setdefault(person.user, Viewer(person, now))
            viewer.person, viewer.opened = person, now
            return viewer

    def forget(self, user: str) -> None:
        with self._lock:
            self._held.pop(user, None)

    def lately(self) -> tuple[Viewer, ...]:
        now = self._monotonic()
        with self._lock:
            return tuple(v for v in self._held.values() if now - v.opened < LATELY)

    def changed(self) -> None:
        """What they show may be out of date."""
        for viewer in self.lately():
            viewer.behind = True
