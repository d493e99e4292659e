"""How often messages may be edited: a shared budget, and the pauses that Slack asks for (facts/slack 2.2,
2.4).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

FOR_LIVE = 40.0
"""Live edits a minute over all messages. ``chat.update`` allows 50 per workspace; ten are reserved for end
states.
"""
WINDOW = 30.0
"""Seconds after its last live edit during which a message counts as live."""


class EditBudget:
    """Says whether a message may be edited now or after how many seconds; never sleeps. ``every`` is the
    least number of seconds between two live edits of one message. The more messages are live, the less often
    each is edited: 3 live every 4.5 s, 10 every 15 s.
    """

    def __init__(self, every: float, *, monotonic: Callable[[], float]) -> None:
        self._every, self._monotonic = every, monotonic
        self._lock = threading.Lock()
        self._edited: dict[str, float] = {}
        self._paused: dict[str, float] = {}

    def wait(self, operation_id: str, *, final: bool) -> float:
        """Return the seconds until this message may be edited. 0 means now; a live edit is then counted. An
        end state waits for nothing but a pause.
        """
        with self._lock:
            now = self._monotonic()
            paused = self._paused.get("chat.update", 0.0) - now
            if paused > 0:
                return paused
            if final:
                self._edited.pop(operation_id, None)
                return 0.0
            self._edited = {name: at for name, at in self._edited.items() if now - at < WINDOW}
            last = self._edited.get(operation_id)
            left = 0.0 if last is None else last + self._interval() - now
            if left > 0:
                return left
            self._edited[operation_id] = now
            return 0.0

    def posted(self, operation_id: str) -> None:
        """Count a message that was just posted as edited, so that it is not edited right away."""
        with self._lock:
            self._edited[operation_id] = self._monotonic()

    def pause(self, bucket: str, seconds: float) -> None:
        """Pause a bucket after Slack said 429 for this method, or for posting in this channel."""
        with self._lock:
            self._paused[bucket] = self._monotonic() + seconds
            if len(self._paused) > 1_000:
                now = self._monotonic()
                self._paused = {name: until for name, until in self._paused.items() if until > now}

    def paused(self, bucket: str) -> float:
        """Return the seconds left of a pause; 0 if there is none."""
        with self._lock:
            return max(0.0, self._paused.get(bucket, 0.0) - self._monotonic())

    def _interval(self) -> float:
        scale = self._every / 3.0  # a faster playground also edits faster
        return max(self._every, len(self._edited) * 60.0 / FOR_LIVE * scale)
