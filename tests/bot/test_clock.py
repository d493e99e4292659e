"""The decision clock follows the playground's, and goes on without it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.clock import RESYNC, ForeignClock, SystemClock

NOON = datetime(2031, 5, 1, 12, 0, tzinfo=UTC)


class Ticks:
    """Monotonic seconds that move when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Served:
    """A clock on loopback that answers with ``body``."""

    def __init__(self) -> None:
        self.body = json.dumps({"now": NOON.isoformat(), "pace": 10.0})
        self.asked = 0
        served = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                served.asked += 1
                self.send_response(200)
                self.end_headers()
                self.wfile.write(served.body.encode())

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/clock"


@contextmanager
def serving() -> Iterator[Served]:
    served = Served()
    thread = threading.Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        served.server.shutdown()
        thread.join()
        served.server.server_close()


def test_the_systems_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_a_foreign_clock_is_followed_and_runs_on_by_its_pace_between_two_readings() -> None:
    ticks = Ticks()
    with serving() as served:
        clock = ForeignClock(served.url, monotonic=ticks)
        assert clock.now() == NOON
        ticks.seconds += RESYNC / 2
        assert clock.now() == NOON + timedelta(seconds=10 * RESYNC / 2)
        assert served.asked == 1


def test_a_clock_that_was_moved_is_seen_at_the_next_reading() -> None:
    ticks = Ticks()
    with serving() as served:
        clock = ForeignClock(served.url, monotonic=ticks)
        clock.now()
        served.body = json.dumps({"now": (NOON - timedelta(days=3)).isoformat(), "pace": 1})
        ticks.seconds += RESYNC
        assert clock.now() == NOON - timedelta(days=3)


def test_a_clock_that_disappears_runs_on_and_is_asked_less_and_less_often() -> None:
    ticks = Ticks()
    with serving() as served:
        clock = ForeignClock(served.url, monotonic=ticks)
        clock.now()
    ticks.seconds += 60
    assert clock.now() == NOON + timedelta(seconds=600)
    ticks.seconds += RESYNC
    assert clock.now() == NOON + timedelta(seconds=600 + 10 * RESYNC)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"now": 5, "pace": 1}', '{"now": "noon", "pace": 1}'])
def test_an_unreadable_answer_changes_nothing(body: str) -> None:
    ticks = Ticks()
    with serving() as served:
        clock = ForeignClock(served.url, monotonic=ticks)
        clock.now()
        served.body = body
        ticks.seconds += RESYNC
        assert clock.now() == NOON + timedelta(seconds=10 * RESYNC)


def test_a_clock_that_never_answered_follows_the_systems_time() -> None:
    clock = ForeignClock("http://127.0.0.1:9/clock")
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(hours=1)
