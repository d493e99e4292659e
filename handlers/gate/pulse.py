"""When the clock last completed a tick, for anyone who asks whether it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Pulse:
    """``last``: on the decision clock; ``None`` while another replica, or nobody, runs the clock."""

    last: datetime | None = None

    def beat(self, now: datetime) -> None:
        self.last = now

    def stop(self) -> None:
        """Note that another replica's clock runs."""
        self.last = None
