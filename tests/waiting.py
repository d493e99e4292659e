"""Awaiting what must come, with a deadline and with words when it does not."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 240.0
"""Seconds after which what should have happened counts as not happening. It only tells a test that hangs from
one that is slow: a passing test never waits so long, however busy its machine."""
LONG_PAUSE = 600
"""Seconds that nobody waits for: longer than ``PATIENCE``, so that whoever does is found. It is the longest
pause of Slack's that the bot believes."""
SLACKS_PATIENCE = 30.0
"""Seconds that the playground's Slack waits for an acknowledgement where promptness is not the point: ten
times what the real one does."""
BETWEEN_LOOKS = 0.1
BETWEEN_QUESTIONS = 1.0
"""Seconds, where each look is a question that the bot answers with all it knows."""


def in_time(work: Callable[[], T]) -> T:
    """What ``work`` gives or raises; ``AssertionError`` if it still hangs after ``PATIENCE``."""
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
    """The first truthy answer of ``look``; ``AssertionError`` naming ``what`` after ``seconds``."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds:g} s still not: {what}\n{why()}")
        time.sleep(pause)
