"""Awaiting what must come, with a deadline and with words when it does not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds after which what should have happened counts as not happening; long, because machines are busy."""
BETWEEN_LOOKS = 0.1


def until(
    what: str,
    look: Callable[[], T | None],
    *,
    seconds: float = PATIENCE,
    pause: float = BETWEEN_LOOKS,
    why: Callable[[], str] = lambda: "",
) -> T:
    """The first truthy answer of ``look``; ``AssertionError`` naming ``what`` after ``seconds``."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds:g} s still not: {what}\n{why()}")
        time.sleep(pause)
