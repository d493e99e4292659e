"""A threaded WSGI server that can be stopped; never the sync app on an event loop (facts/slack 1.1)."""

from __future__ import annotations

import contextlib
import logging
import resource
import threading
import time
from dataclasses import replace
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from bot.slack.door import Application, Door, Limits
from bot.slack.entrance import LARGEST

log = logging.getLogger(__name__)
THREADS = 16
FLUSH_SECONDS = 0.5
HEAD_BYTES = 32_768
"""Bytes of a request's head. Slack sends about one thousand; proxies add some."""
AT_A_TIME = 65_536
"""Bytes of one read."""


class HttpServer:
    """The server binds when made, so that a taken port is known at once; ``port`` 0 takes a free one."""

    def __init__(
        self, application: Application, host: str, port: int, *, limits: Limits | None = None
    ) -> None:
        self._sockets: dict[int, Any] = {}
        self._stop = threading.Event()
        self.limits = _within_open_files(limits or Limits())
        self._look_every = min(1.0, self.limits.head / 4)
        self._threads = ThreadedTaskDispatcher()
        self._threads.set_thread_count(THREADS)
        self._doors = self._made(application, _adjustments(host, port))
        self.port = int(self._doors[0].effective_port)
        self._thread = threading.Thread(target=self._serve, name="http", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Accept no new connections; answers being written get until the deadline."""
        self._stop.set()
        if self._thread.is_alive():
            with contextlib.suppress(OSError):  # the thread may have seen the flag and closed already
                self._doors[0].pull_trigger()
            self._thread.join(max(0.1, seconds))
        else:
            self._close()

    def _made(self, application: Application, adj: Adjustments) -> list[Door]:
        """Make a door for each address of the host."""
        how = {"map": self._sockets, "dispatcher": self._threads, "adj": adj}
        return [Door(application, self.limits, sockinfo=where, **how) for where in adj.listen]

    def _serve(self) -> None:
        look = time.monotonic()
        while not self._stop.is_set():
            try:
                wasyncore.loop(timeout=self._look_every, use_poll=True, map=self._sockets, count=1)
                if time.monotonic() >= look:
                    look = time.monotonic() + self._look_every
                    for door in self._doors:
                        door.close_overdue()
            except Exception:  # without this thread nobody gets an answer any more
                log.exception("the HTTP server stumbled")
                self._stop.wait(self._look_every)
        self._close()

    def _unsent(self) -> bool:
        return any(
            channel.total_outbufs_len
            for door in self._doors
            for channel in list(door.active_channels.values())
        )

    def _close(self) -> None:
        for door in self._doors:
            door.end_tasks(1)
        end = time.monotonic() + FLUSH_SECONDS
        while time.monotonic() < end and self._unsent():  # send what the last tasks wrote
            wasyncore.loop(timeout=0.05, use_poll=True, map=self._sockets, count=1)
        wasyncore.close_all(self._sockets, ignore_all=True)


def _adjustments(host: str, port: int) -> Adjustments:
    """Configure Waitress with limits out of the way: the doors count and time connections."""
    return Adjustments(
        host=host,
        port=port,
        ident=None,
        recv_bytes=AT_A_TIME,
        max_request_header_size=HEAD_BYTES,
        max_request_body_size=LARGEST + 1,
        inbuf_overflow=2 * LARGEST,  # a body is never buffered in a file
        connection_limit=1_000_000,
    )


def _within_open_files(limits: Limits) -> Limits:
    """Allow at most half of the files that this process may open: Slack, AWS and the database need
    some too.
    """
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return limits
    return replace(limits, connections=min(limits.connections, max(16, soft // 2)))
