"""The decision clock: the system's, or in the playground the clock that the playground moves."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPException

RESYNC = 0.25
"""Seconds (real) after which a foreign clock is asked again, so that a moved clock is seen within a tick."""
PATIENCE = 0.5
"""Seconds (real) to wait for the clock's answer, which comes from this machine."""
LONGEST_SILENCE = 5.0
"""Seconds (real), at most, between two tries of a clock that does not answer."""


def lasting() -> float:
    """Seconds that also pass while the machine sleeps, on systems that count them (Linux); for leases."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ForeignClock:
    """Follows a clock that is served as ``{"now": ISO instant, "pace": float}``. The settings allow loopback
    only.

    Between two readings this clock runs on at the pace last read, also when the other clock cannot be read.
    Thread-safe: one thread asks, and the others use the last reading without waiting.
    """

    def __init__(self, url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url, self._monotonic = url, monotonic
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._asking, self._lock = threading.Lock(), threading.Lock()
        self._base, self._pace, self._since = datetime.now(UTC), 1.0, monotonic()
        self._ask_at, self._wait = monotonic(), RESYNC

    def now(self) -> datetime:
        if self._monotonic() >= self._ask_at and self._asking.acquire(blocking=False):
            try:
                self._ask()
            finally:
                self._asking.release()
        with self._lock:
            return self._base + timedelta(seconds=(self._monotonic() - self._since) * self._pace)

    def seconds(self) -> float:
        """Monotonic seconds that pass at this clock's pace, except when the clock is moved."""
        with self._lock:
            return self._monotonic() * self._pace

    def _ask(self) -> None:
        reading = self._read()
        with self._lock:
            if reading is not None:
                self._base, self._pace, self._since = *reading, self._monotonic()
            self._wait = RESYNC if reading is not None else min(LONGEST_SILENCE, self._wait * 2)
            self._ask_at = self._monotonic() + self._wait

    def _read(self) -> tuple[datetime, float] | None:
        """The instant and the pace, or ``None`` if the answer cannot be read."""
        try:
            with self._opener.open(self._url, timeout=PATIENCE) as answer:
                reading = json.load(answer)
            return datetime.fromisoformat(reading["now"]).astimezone(UTC), float(reading["pace"])
        except (OSError, HTTPException, ValueError, KeyError, TypeError):
            return None
