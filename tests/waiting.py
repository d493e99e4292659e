"""Waiting for what must come, with a deadline and with words for when it does not."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 240.0
"""Seconds after which something counts as not happening. The limit only tells a hanging test from a slow one:
a passing test never waits this long, however busy its machine is.
"""
LONG_PAUSE = 600
"""Seconds that nobody waits for: longer than ``PATIENCE``, so that a test that does wait is noticed. This is
the longest pause that the bot accepts from Slack.
"""
SLACKS_PATIENCE = 30.0
"""Seconds that the playground's Slack waits for an acknowledgement in tests that are not about promptness:
ten times what the real Slack waits.
"""
BETWEEN_LOOKS = 0.1
BETWEEN_QUESTIONS = 1.0
"""Seconds between looks if each look is a question that costs the bot a whole answer."""


def in_time(work: Callable[[], T]) -> T:
    """Return or raise what ``work`` does. Raises ``AssertionError`` if it still hangs after ``PATIENCE``."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(work).result(PATIENCE)
    except FutureTimeout:
        raise AssertionError(f"it still hangs after {PATIENCE:g} s") from None
    finally:
        pool.shutdown(wait=False)


def until(
    what: str,
    look: Callable[[], T | None],
    *,
    seconds: float = PATIENCE,
    pause: float = BETWEEN_LOOKS,
    why: Callable[[], str] = lambda: "",
) -> T:
    """Return the first truthy answer of ``look``. Raises ``AssertionError`` naming ``what`` after
    ``seconds``.
    """
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds:g} s still not: {what}\n{why()}")
        time.sleep(pause)
