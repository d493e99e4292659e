"""Who opened their Home lately, and what it showed last, so that it can be drawn again when its content
changes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.slack.limits import EditBudget
from policies.access.people import SlackPerson

LATELY = 1_800.0
"""Seconds for which a Home is kept up to date after it was opened."""
MOST = 500


@dataclass
class Viewer:
    """Somebody whose Home is kept up to date. ``opened``: on a monotonic clock. ``shown``: a digest of what
    Slack took last. ``lock``: held while the Home is drawn and sent, so that an earlier reading is never
    shown over a later one.
    """

    person: SlackPerson
    opened: float
    shown: str = ""
    behind: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Viewers:
    """The viewers whose Homes were opened through this process. Thread-safe."""

    def __init__(self, monotonic: Callable[[], float], *, every: float = 3.0) -> None:
        self.budget = EditBudget(every, monotonic=monotonic)
        self._monotonic, self._lock = monotonic, threading.Lock()
        self._held: dict[str, Viewer] = {}

    def opened(self, person: SlackPerson) -> Viewer:
        """Record that the person opened their Home now."""
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
        """Mark every viewer's Home as possibly out of date."""
        for viewer in self.lately():
            viewer.behind = True
