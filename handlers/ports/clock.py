"""The decision clock: what ``now`` is for every judgement (never for a lease, a signature or TLS)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the current time, aware and in UTC."""
        ...
