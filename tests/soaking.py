"""Whether this is a run of ``make soak``, which takes its time, or of the suite."""

from __future__ import annotations

import os

SOAK = os.environ.get("SOAK") == "1"


def often(suite: int, soak: int) -> int:
    """How often something is tried: in each run of the suite, and in a soak."""
    return soak if SOAK else suite
