"""The bounded pool in which everything after an acknowledgement is done (facts/slack 1.2, traps 4 and 7)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

log = logging.getLogger(__name__)
THREADS, QUEUE = 16, 64
GIVE_WAY_SECONDS = 0.1
"""The longest that a job waits for acknowledgements under way, in seconds: it would compete with them for the
interpreter, and each of them has a deadline. With 20 at once, waiting halves the time to the 200
(docs/benchmarks.md).
"""


class WorkPool:
    """Runs at most ``threads`` jobs at once and keeps ``queue`` waiting; ``reserve`` refuses when the pool is
    full or closed.
    """

    def __init__(
        self, threads: int = THREADS, queue: int = QUEUE, *, give_way: float = GIVE_WAY_SECONDS
    ) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="slack-work")
        self._free = threads + queue
        self._all = threads + queue
        self._open = True
        self._changed = threading.Condition()
        self._give_way, self._acknowledgements = give_way, 0
        self._quiet = threading.Event()
        self._quiet.set()

    @contextmanager
    def acknowledging(self) -> Iterator[None]:
        """Marks that a request is being answered; jobs give way to it before they begin."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def reserve(self) -> bool:
        """Take a place, without waiting. Whoever has a place must call ``start`` or ``give_back``."""
        with self._changed:
            if not self._open or self._free == 0:
                return False
            self._free -= 1
            return True

    def start(self, job: Callable[[], None]) -> None:
        """Run the job in the reserved place. An exception of the job is logged, never lost silently."""
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
        """Take no more jobs and wait for those that were taken; return False if some were still unfinished at
        the deadline.

        Jobs that have not begun by then never run: they did nothing, and the person asks again.
        """
        end = time.monotonic() + seconds
        with self._changed:
            self._open = False
            done = self._changed.wait_for(lambda: self._free == self._all, max(0.0, end - time.monotonic()))
        self._threads.shutdown(wait=False, cancel_futures=True)
        return done

    def _count(self, change: int) -> None:
        with self._changed:
            self._acknowledgements += change
            if self._acknowledgements:
                self._quiet.clear()
            else:
                self._quiet.set()

    def _run(self, job: Callable[[], None]) -> None:
        self._quiet.wait(self._give_way)
        try:
            job()
        except Exception:
            log.exception("a job of the Slack edge failed")
        finally:
            self.give_back()
