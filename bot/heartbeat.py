"""The heartbeat: a few interval jobs, and a watchdog that rebuilds the scheduler when ticks are missed.

APScheduler's interval jobs stop when the wall clock jumps back, so a monotonic watchdog looks on. All truth
is rows: a job that was missed needs no making up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

log = structlog.get_logger()


@dataclass(frozen=True)
class Beat:
    """A job: how often, in seconds of real time, and what it does. It must not raise for long."""

    every: float
    do: Callable[[], None]


class Heartbeat:
    """Runs the beats until stopped. ``last`` tells when each completed, on the monotonic clock."""

    def __init__(self, beats: Mapping[str, Beat]) -> None:
        self._beats = beats
        self._scheduler: BackgroundScheduler | None = None
        self._stopped = threading.Event()
        self._watchdog = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self.last: dict[str, float] = {}

    def start(self) -> None:
        now = time.monotonic()
        self.last = dict.fromkeys(self._beats, now)
        self._build()
        self._watchdog.start()

    def stop(self) -> None:
        """No further beat; one that is running is waited for."""
        self._stopped.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)

    def late(self) -> float:
        """Seconds by which the most overdue beat is late; 0 when all is well."""
        now = time.monotonic()
        return max(
            (now - self.last[n] - b.every for n, b in self._beats.items() if n in self.last), default=0.0
        )

    def _build(self) -> None:
        scheduler = BackgroundScheduler(timezone="UTC")
        for name, beat in self._beats.items():
            scheduler.add_job(
                self._run,
                "interval",
                args=(name, beat),
                seconds=beat.every,
                id=name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=60,
            )
        scheduler.start()
        self._scheduler = scheduler

    def _run(self, name: str, beat: Beat) -> None:
        try:
            beat.do()
        except Exception:
            log.exception("beat failed", beat=name)
        self.last[name] = time.monotonic()

    def _watch(self) -> None:
        while not self._stopped.wait(5.0):
            if self.late() > 30.0 and self._scheduler is not None:
                log.warning("beats were missed; the scheduler is rebuilt", late=round(self.late(), 1))
                self._scheduler.shutdown(wait=False)
                self._build()
