"""The HTTP server thread and the ticker thread of a world."""

from __future__ import annotations

import logging
import threading
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from playground.aws.fleet import Fleet

LOG = logging.getLogger("playground.aws")


class QuietHandler(MotoRequestHandler):
    """Writes nothing to stderr for each request, because traffic records every call."""

    def log(self, type: str, message: str, *args: object) -> None:
        LOG.debug(message, *args)

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """Ignore a dropped connection: either a fault ordered it or the client closed it."""


class Server:
    """Serves on a free port of 127.0.0.1 at once; ``stop`` waits for the thread."""

    def __init__(self, app: Any) -> None:
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler
        )
        self._thread = threading.Thread(target=self._server.serve_forever, name="playground-aws", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Ticker:
    """Ticks the fleet every ``seconds`` of real time."""

    def __init__(self, fleet: Fleet, seconds: float) -> None:
        self._fleet, self._seconds = fleet, seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="playground-ticker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._seconds):
            try:
                with self._fleet.lock:
                    self._fleet.tick()
            except Exception:
                LOG.exception("the playground's ticker failed; it goes on")
