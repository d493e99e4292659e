"""How many processes serve one installation, and so share what is allowed to all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from handlers.ports.store import Leases


@dataclass
class Replicas:
    """``count``: this process and the others that were here at its last beat; never less than 1."""

    count: int = 1

    def attend(self, leases: Leases, seconds: float) -> None:
        """This process is here for so many seconds. Raises ``Trouble`` where the store does not answer: the
        count stays what it was."""
        self.count = max(1, leases.attend(seconds))

    def share(self, allowed: int) -> int:
        """Of what may be done in all, what is this process's: rounded up, so that it is never nothing."""
        return math.ceil(allowed / self.count)
