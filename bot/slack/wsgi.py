"""HTTP: Slack's requests and the health pages, as one WSGI application."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.slack.entrance import PATH, Entrance, Headers, Response

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

PLAIN = "text/plain; charset=utf-8"
ALIVE = "/healthz"
Page = tuple[int, str, bytes]


@dataclass(frozen=True)
class Health:
    """``alive``: empty while this process works, else what is wrong (it should then be restarted). ``ready``:
    empty while the process can serve, else why not. ``metrics``: Prometheus text.
    """

    alive: Callable[[], str] = lambda: ""
    ready: Callable[[], str] = lambda: ""
    metrics: Callable[[], bytes] = lambda: b""


class SlackWsgi:
    """Serves Slack's requests and the health pages; without an entrance, as in Socket Mode, the health pages
    only.
    """

    def __init__(self, health: Health, entrance: Entrance | None = None) -> None:
        self._entrance = entrance
        self.pages: Mapping[str, Callable[[], Page]] = {
            ALIVE: lambda: _page(health.alive()),
            "/readyz": lambda: _page(health.ready()),
            "/metrics": lambda: (200, "text/plain; version=0.0.4; charset=utf-8", health.metrics()),
        }

    def refusal(self, method: str, path: str, headers: Mapping[str, str], length: int) -> int:
        """Return the status that a request earns by its head alone, or 0; only then is its body read. Only
        Slack's own requests have a body. ``length`` is the announced length, and at least 1 if none is
        announced for a body.
        """
        if self._entrance is not None and path == PATH:
            return self._entrance.refusal(method, headers, length)
        if path not in self.pages:
            return 404
        if method not in ("GET", "HEAD"):
            return 405
        return 413 if length else 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status, headers, body = self._answer(environ)
        told = HTTPStatus(status)
        start_response(f"{told.value} {told.phrase}", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: WSGIEnvironment) -> Response:
        method, path = environ.get("REQUEST_METHOD", ""), environ.get("PATH_INFO", "")
        if self._entrance is not None and path == PATH:
            taken = self._entrance.take(environ)
            return _told(taken) if isinstance(taken, int) else taken
        if status := self.refusal(method, path, {}, 0):
            return _told(status)
        status, kind, body = self.pages[path]()
        return status, [("Content-Type", kind)], body


def _told(status: int) -> Response:
    headers: Headers = [("Content-Type", PLAIN)]
    return status, headers, HTTPStatus(status).phrase.encode()


def _page(trouble: str) -> Page:
    return (503, PLAIN, trouble.encode()) if trouble else (200, PLAIN, b"ok")
