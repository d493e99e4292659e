"""Quantiles by the nearest rank, which is always a figure that was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence


def quantile(values: Sequence[float], part: float) -> float:
    """Return the value that ``part`` of the values, 0 to 1, do not exceed. Raises ``ValueError`` if there are
    none.
    """
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]
