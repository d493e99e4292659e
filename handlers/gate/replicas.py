"""How many processes serve one installation, and so share the limits that hold for all of them together."""

from __future__ import annotations

import math
from dataclasses import dataclass

from handlers.ports.store import Leases


@dataclass
class Replicas:
    """``count``: this process and the others that were here at its last beat; never less than 1."""

    count: int = 1

    def attend(self, leases: Leases, seconds: float) -> None:
        """Record that this process is here for so many seconds, and count the others.

        Raises ``Trouble`` if the store does not answer: the count then stays what it was.
        """
        self.count = max(1, leases.attend(seconds))

    def share(self, allowed: int) -> int:
        """Return this process's share of a limit for all processes, rounded up so that it is never zero."""
        return math.ceil(allowed / self.count)
