"""The bounded pool in which everything after an acknowledgement is done (slack-facts 1.2, traps 4 and 7)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)
THREADS, QUEUE = 16, 64


class WorkPool:
    """At most ``threads`` jobs at once and ``queue`` waiting; what finds it full or closed is told so."""

    def __init__(self, threads: int = THREADS, queue: int = QUEUE) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="slack-work")
        self._free = threads + queue
        self._all = threads + queue
        self._open = True
        self._changed = threading.Condition()

    def reserve(self) -> bool:
        """Take a place, without waiting. Whoever has one must call ``start`` or ``give_back``."""
        with self._changed:
            if not self._open or self._free == 0:
                return False
            self._free -= 1
            return True

    def start(self, job: Callable[[], None]) -> None:
        """Run the job in the place that was reserved. What it raises is logged, never lost silently."""
        try:
            self._threads.submit(self._run, job)
        except RuntimeError:
            self.give_back()
            log.warning("a job was dropped because the process is stopping")

    def give_back(self) -> None:
        with self._changed:
            self._free += 1
            self._changed.notify_all()

    def close(self, seconds: float) -> bool:
        """Take no more, and wait for what was taken; false if some was still running at the deadline.

        Jobs that have not begun by then never do: they did nothing, and the person asks again.
        """
        end = time.monotonic() + seconds
        with self._changed:
            self._open = False
            done = self._changed.wait_for(lambda: self._free == self._all, max(0.0, end - time.monotonic()))
        self._threads.shutdown(wait=False, cancel_futures=True)
        return done

    def _run(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception:
            log.exception("a job of the Slack edge failed")
        finally:
            self.give_back()
