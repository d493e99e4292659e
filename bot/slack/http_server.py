"""A threaded WSGI server that can be stopped; never the sync app on an event loop (facts/slack 1.1)."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from bot.slack.entrance import LARGEST
from bot.slack.wsgi import SlackWsgi

THREADS = 16
FLUSH_SECONDS = 0.5


class HttpServer:
    """Bound when made, so that a taken port is known at once; ``port`` 0 takes a free one."""

    def __init__(self, application: SlackWsgi, host: str, port: int) -> None:
        self._sockets: dict[int, Any] = {}
        self._stop = threading.Event()
        self._server: Any = create_server(
            application,
            map=self._sockets,
            host=host,
            port=port,
            threads=THREADS,
            ident=None,
            max_request_body_size=LARGEST * 2,
            channel_timeout=60,
            asyncore_use_poll=True,
        )
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._serve, name="http", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """No new connections; answers being written get until the deadline."""
        self._stop.set()
        if self._thread.is_alive():
            with contextlib.suppress(OSError):  # it may have seen the flag and closed already
                self._server.pull_trigger()
            self._thread.join(max(0.1, seconds))
        else:
            self._close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            wasyncore.loop(timeout=1.0, use_poll=True, map=self._sockets, count=1)
        self._close()

    def _unsent(self) -> bool:
        return any(channel.total_outbufs_len for channel in list(self._server.active_channels.values()))

    def _close(self) -> None:
        self._server.task_dispatcher.shutdown(timeout=1)
        end = time.monotonic() + FLUSH_SECONDS
        while time.monotonic() < end and self._unsent():  # what the last tasks wrote goes out
            wasyncore.loop(timeout=0.05, use_poll=True, map=self._sockets, count=1)
        wasyncore.close_all(self._sockets, ignore_all=True)
