"""HTTP: Slack's requests and the health pages, as one WSGI application.

What Bolt gets wrong before it looks at a request is put right here (facts/slack 1.3 and 1.4): the word
*payload* in a command, a timestamp that is no number, a signature that is no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.request.internals import build_context

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

PATH = "/slack/events"
LARGEST = 1_000_000
"""Bytes of a request; Slack's largest documented payloads are far below."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
PLAIN, JSON = "text/plain; charset=utf-8", "application/json"
Headers = list[tuple[str, str]]
Page = tuple[int, str, bytes]
Acknowledging = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Health:
    """``alive``: empty when this process works, else what is wrong (it should be started anew).
    ``ready``: empty when it can serve, else why not. ``metrics``: Prometheus text."""

    alive: Callable[[], str] = lambda: ""
    ready: Callable[[], str] = lambda: ""
    metrics: Callable[[], bytes] = lambda: b""


class SlackWsgi:
    """``app`` is ``None`` in Socket Mode: then there are the health pages only. ``acknowledging`` is held
    while Bolt has a request in hand."""

    def __init__(self, app: App | None, health: Health, acknowledging: Acknowledging = nullcontext) -> None:
        self._app, self._acknowledging = app, acknowledging
        self._pages: Mapping[str, Callable[[], Page]] = {
            "/healthz": lambda: _page(health.alive()),
            "/readyz": lambda: _page(health.ready()),
            "/metrics": lambda: (200, "text/plain; version=0.0.4; charset=utf-8", health.metrics()),
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ.get("REQUEST_METHOD", ""), environ.get("PATH_INFO", "")
        if self._app is not None and path == PATH:
            status, headers, body = self._slack(self._app, environ) if method == "POST" else _told(405)
        elif path in self._pages and method in ("GET", "HEAD"):
            status, kind, body = self._pages[path]()
            headers = [("Content-Type", kind)]
        else:
            status, headers, body = _told(404)
        told = HTTPStatus(status)
        start_response(f"{told.value} {told.phrase}", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _slack(self, app: App, environ: WSGIEnvironment) -> tuple[int, Headers, bytes]:
        headers = _headers(environ)
        if not _TIMESTAMP.fullmatch(headers.get("x-slack-request-timestamp", "")):
            return _told(401)
        if not _SIGNATURE.fullmatch(headers.get("x-slack-signature", "")):
            return _told(401)
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > LARGEST:
            return _told(413)
        try:
            raw = environ["wsgi.input"].read(int(length)).decode("utf-8")
            request = bolt_request(raw, headers)
        except (ValueError, AttributeError, TypeError):  # Bolt takes any JSON for an object
            return _told(400)
        with self._acknowledging():
            return _answer(app.dispatch(request))


def bolt_request(raw: str, headers: Mapping[str, str]) -> BoltRequest:
    """The request with its form read rightly. Bolt takes any body that contains the letters *payload* for
    an interaction and reads it as empty; the raw body stays untouched, or its signature would not hold.
    ``ValueError`` if the body is not what its content type says."""
    request = BoltRequest(body=raw, headers=dict(headers))
    if not isinstance(request.body, dict):
        raise ValueError("the body is not an object")
    if not request.body and raw and not raw.startswith("{"):
        form = dict(parse_qsl(raw, keep_blank_values=True))
        if "payload" not in form:
            request.body = form
            request.context = build_context(BoltContext(), form)
    return request


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    found = {k[5:].lower().replace("_", "-"): str(v) for k, v in environ.items() if k.startswith("HTTP_")}
    found["content-type"] = environ.get("CONTENT_TYPE") or ""
    return found


def _answer(response: BoltResponse) -> tuple[int, Headers, bytes]:
    headers = [
        (name, str(value))
        for name, values in response.headers.items()
        for value in (values if isinstance(values, list | tuple) else [values])
        if name.lower() != "content-length"
    ]
    body: Any = response.body or ""
    return response.status, headers, body.encode() if isinstance(body, str) else bytes(body)


def _told(status: int) -> tuple[int, Headers, bytes]:
    return status, [("Content-Type", PLAIN)], HTTPStatus(status).phrase.encode()


def _page(trouble: str) -> Page:
    return (503, PLAIN, trouble.encode()) if trouble else (200, PLAIN, b"ok")
