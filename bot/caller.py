"""Calls an address while the clock runs, so that something outside notices when the clock stops."""

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
    """Calls ``url``, or nothing if that is empty. The address may hold a secret, so it is never logged."""

    def __init__(self, url: str, *, monotonic: Callable[[], float], run: Callable[..., object]) -> None:
        self._url, self._monotonic, self._run = url, monotonic, run
        self._next = 0.0

    def beat(self) -> None:
        """Call the address if that is due. Used after each completed tick; returns at once."""
        if self._url and self._monotonic() >= self._next:
            self._next = self._monotonic() + EVERY
            self._run(self._call)

    def _call(self) -> None:
        try:
            with urllib.request.urlopen(self._url, timeout=PATIENCE) as answer:
                answer.read(1)
        except (OSError, HTTPException, ValueError) as error:
            log.warning("the heartbeat address does not answer", error=type(error).__name__)
