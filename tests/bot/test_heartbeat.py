"""Beats come again and again, one at a time, whatever happens to the scheduler."""

from __future__ import annotations

import threading
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from bot.heartbeat import Beat, Heartbeat
from tests.waiting import PATIENCE, until

SOON = PATIENCE
"""Seconds to wait for an event that is due in milliseconds."""


class Schedulers:
    """Makes schedulers. The first ``asleep`` of them never run anything, as after a jump back of the wall
    clock.
    """

    def __init__(self, asleep: int = 0) -> None:
        self.made: list[Any] = []
        self._asleep = asleep

    def __call__(self) -> Any:
        scheduler = BackgroundScheduler(timezone="UTC")
        if len(self.made) < self._asleep:
            begin = scheduler.start
            scheduler.start = lambda: begin(paused=True)
        self.made.append(scheduler)
        return scheduler


def test_a_beat_that_raises_comes_again() -> None:
    twice, count = threading.Event(), 0

    def beat() -> None:
        nonlocal count
        count += 1
        if count == 2:
            twice.set()
        raise ValueError("expected in the log")

    heart = Heartbeat({"one": Beat(0.01, beat)})
    heart.start()
    assert twice.wait(SOON)
    assert heart.stop()
    assert heart.late() < SOON


def test_a_scheduler_that_fell_asleep_is_replaced() -> None:
    beaten, schedulers = threading.Event(), Schedulers(asleep=1)
    heart = Heartbeat({"one": Beat(0.01, beaten.set)}, scheduler=schedulers, patience=0.1)
    heart.start()
    assert beaten.wait(SOON)
    assert heart.stop()
    assert len(schedulers.made) >= 2


def test_a_beat_that_hangs_is_late_but_never_runs_twice_at_once() -> None:
    begun, release, schedulers = threading.Semaphore(0), threading.Event(), Schedulers()

    def hang() -> None:
        begun.release()
        release.wait(SOON)

    heart = Heartbeat({"one": Beat(0.01, hang)}, scheduler=schedulers, patience=0.1)
    heart.start()
    assert begun.acquire(timeout=SOON)
    until("the scheduler is rebuilt", lambda: len(schedulers.made) >= 2)
    assert not begun.acquire(timeout=0.5), "it ran a second time while the first was at work"
    assert heart.late() > 0.1
    release.set()
    assert heart.stop(SOON)


def test_stopping_does_not_wait_for_ever() -> None:
    begun, release = threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        release.wait(SOON)

    heart = Heartbeat({"one": Beat(0.01, hang)})
    heart.start()
    assert begun.wait(SOON)
    assert not heart.stop(0.05)
    release.set()


def test_a_heartbeat_that_was_never_started_is_not_late() -> None:
    assert Heartbeat({"one": Beat(1.0, lambda: None)}).late() == 0.0
