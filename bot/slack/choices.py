"""The services that the picker's menus may offer, kept for two minutes. Who may view them is checked every
time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

KEPT_SECONDS = 120.0
MOST = 2_000


class Choices:
    """Service names by environment. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, tuple[str, ...]]] = {}

    def names(self, environment: str) -> tuple[str, ...] | None:
        """Return the names, or ``None`` if they are not known or no longer known."""
        with self._lock:
            held = self._held.get(environment)
        return held[1] if held is not None and held[0] > time.monotonic() else None

    def keep(self, environment: str, names: Sequence[str]) -> None:
        """Keep the names of an environment. An empty list is not kept: AWS may answer at the next look."""
        if not names:
            return
        with self._lock:
            if len(self._held) >= MOST:
                self._held.clear()
            self._held[environment] = (time.monotonic() + KEPT_SECONDS, tuple(names))
