"""Calling an address while the clock runs, so that something outside notices when it no longer does."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from http.client import HTTPException

import structlog

log = structlog.get_logger()
EVERY = 60.0
"""Seconds (real) between two calls, at least."""
PATIENCE = 5.0


class Caller:
    """``url`` empty: calls nothing. It may hold a secret, so it is never logged."""

    def __init__(self, url: str, *, monotonic: Callable[[], float], run: Callable[..., object]) -> None:
        self._url, self._monotonic, self._run = url, monotonic, run
        self._next = 0.0

    def beat(self) -> None:
        """After a completed tick; returns at once."""
        if self._url and self._monotonic() >= self._next:
            self._next = self._monotonic() + EVERY
            self._run(self._call)

    def _call(self) -> None:
        try:
            with urllib.request.urlopen(self._url, timeout=PATIENCE) as answer:
                answer.read(1)
        except (OSError, HTTPException, ValueError) as error:
            log.warning("the heartbeat address does not answer", error=type(error).__name__)
