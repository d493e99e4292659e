"""The decision clock: the system's, or, in the playground, the one the playground moves."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta

RESYNC = 0.25
"""Seconds (real) after which a foreign clock is asked again, so that a moved clock is seen within a tick."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ForeignClock:
    """Follows a clock served as ``{"now": ISO instant, "pace": float}``. Settings allow loopback only.

    Between two readings it runs on by its pace; when it cannot be read it runs on alone.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._lock = threading.Lock()
        self._base, self._pace = datetime.now(UTC), 1.0
        self._since = time.monotonic()
        self._read_at = 0.0

    def now(self) -> datetime:
        with self._lock:
            if time.monotonic() - self._read_at > RESYNC:
                self._read()
            return self._base + timedelta(seconds=(time.monotonic() - self._since) * self._pace)

    def _read(self) -> None:
        self._read_at = time.monotonic()
        try:
            with self._opener.open(self._url, timeout=2) as answer:
                reading = json.load(answer)
        except (OSError, ValueError):
            return
        self._base = datetime.fromisoformat(reading["now"]).astimezone(UTC)
        self._pace, self._since = float(reading["pace"]), time.monotonic()
