"""Names that the picker's menus may offer to one person, kept for two minutes."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from policies.access.people import SlackPerson

KEPT_SECONDS = 120.0
MOST = 2_000


class Choices:
    """Names by person, and by person and environment. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {}

    def names(self, person: SlackPerson, environment: str = "") -> tuple[str, ...] | None:
        """``None``: not known (any more)."""
        with self._lock:
            held = self._held.get((person.id, environment))
        return held[1] if held is not None and held[0] > time.monotonic() else None

    def keep(self, person: SlackPerson, environment: str, names: Sequence[str]) -> None:
        with self._lock:
            if len(self._held) >= MOST:
                self._held.clear()
            self._held[person.id, environment] = (time.monotonic() + KEPT_SECONDS, tuple(names))
