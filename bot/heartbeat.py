"""The heartbeat: a few interval jobs, and a watchdog that rebuilds the scheduler when ticks are missed.

APScheduler's interval jobs stop when the wall clock jumps back, so a watchdog checks on the monotonic clock.
The rows hold all truth, so a missed job need not be made up for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

log = structlog.get_logger()

PATIENCE = 30.0
"""Seconds by which a beat may be late before the scheduler counts as asleep."""


@dataclass(frozen=True)
class Beat:
    """A job: how often it runs, in seconds of real time, and what it does. An exception is logged and does
    not end the job.
    """

    every: float
    do: Callable[[], None]


class Heartbeat:
    """Runs the beats until stopped. ``last`` has the time at which each beat completed, on the monotonic
    clock.

    A beat never runs twice at the same time, not even if the scheduler is rebuilt while the beat hangs.
    """

    def __init__(
        self,
        beats: Mapping[str, Beat],
        *,
        scheduler: Callable[[], Any] = lambda: BackgroundScheduler(timezone="UTC"),
        patience: float = PATIENCE,
    ) -> None:
        self._beats, self._new_scheduler, self._patience = beats, scheduler, patience
        self._turns = {name: threading.Lock() for name in beats}
        self._building = threading.Lock()
        self._scheduler: Any = None
        self._built = 0.0
        self._stopped = threading.Event()
        self._watchdog = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self.last: dict[str, float] = {}

    def start(self) -> None:
        self.last = dict.fromkeys(self._beats, time.monotonic())
        self._build()
        self._watchdog.start()

    def stop(self, within: float = 5.0) -> bool:
        """Start no further beat, and give running beats so many seconds to end. Return false if one has not
        ended.
        """
        self._stopped.set()
        with self._building:
            if self._scheduler is not None:
                self._scheduler.shutdown(wait=False)
        end = time.monotonic() + within
        return all(turn.acquire(timeout=max(0.0, end - time.monotonic())) for turn in self._turns.values())

    def late(self) -> float:
        """Seconds by which the most overdue beat is late; 0 if none is."""
        now = time.monotonic()
        overdue = (now - self.last[n] - b.every for n, b in self._beats.items() if n in self.last)
        return max(0.0, max(overdue, default=0.0))

    def _build(self) -> None:
        with self._building:
            if self._stopped.is_set():
                return
            if self._scheduler is not None:
                self._scheduler.shutdown(wait=False)
            self._scheduler, self._built = self._filled(), time.monotonic()

    def _filled(self) -> Any:
        scheduler = self._new_scheduler()
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
        return scheduler

    def _run(self, name: str, beat: Beat) -> None:
        turn = self._turns[name]
        if not turn.acquire(blocking=False):
            return
        try:
            beat.do()
        except Exception:
            log.exception("beat failed", beat=name)
        finally:
            self.last[name] = time.monotonic()
            turn.release()

    def _watch(self) -> None:
        """Rebuild a scheduler that is asleep. A new scheduler gets as long to prove itself as the old one
        had.
        """
        while not self._stopped.wait(min(5.0, self._patience / 4)):
            late = self.late()
            if late > self._patience and time.monotonic() - self._built > self._patience:
                log.warning("beats were missed; the scheduler is rebuilt", late=round(late, 1))
                self._build()
