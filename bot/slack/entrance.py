"""Slack's requests over HTTP: first the signature over the raw bytes, then the form, then Bolt."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from slack_bolt import App, BoltResponse

from bot.slack.payloads import Malformed, bolt_request
from bot.slack.signature import Signatures

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

log = logging.getLogger(__name__)
PATH = "/slack/events"
LARGEST = 1_000_000
"""Bytes of a request; Slack's largest documented payloads are far smaller."""
Headers = list[tuple[str, str]]
Response = tuple[int, Headers, bytes]
Acknowledging = Callable[[], AbstractContextManager[None]]


class Entrance:
    """Takes signed requests. ``acknowledging`` is held while Bolt has a request in hand."""

    def __init__(self, app: App, signatures: Signatures, acknowledging: Acknowledging = nullcontext) -> None:
        self._app, self._signatures, self._acknowledging = app, signatures, acknowledging

    def refusal(self, method: str, headers: Mapping[str, str], length: int) -> int:
        """Return the status that a request earns by its head alone, or 0. ``length`` is the announced number
        of bytes.
        """
        if method != "POST":
            return 405
        at, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
        if not self._signatures.possible(at, signature):
            return 401
        return 413 if length > LARGEST else 0

    def take(self, environ: WSGIEnvironment) -> Response | int:
        """Return Bolt's answer, or the status of a refusal."""
        headers, length = _headers(environ), environ.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            return 400
        if status := self.refusal(environ.get("REQUEST_METHOD", ""), headers, int(length)):
            return status
        raw = environ["wsgi.input"].read(int(length))
        if not self._signatures.holds(
            headers["x-slack-request-timestamp"], headers["x-slack-signature"], raw
        ):
            return 401
        try:
            request = bolt_request(raw, headers)
        except Malformed as malformed:
            log.warning("a signed request was refused: %s", malformed)
            return 400
        with self._acknowledging():
            return _answer(self._app.dispatch(request))


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    found = {k[5:].lower().replace("_", "-"): str(v) for k, v in environ.items() if k.startswith("HTTP_")}
    found["content-type"] = environ.get("CONTENT_TYPE") or ""
    return found


def _answer(response: BoltResponse) -> Response:
    headers = [
        (name, str(value))
        for name, values in response.headers.items()
        for value in (values if isinstance(values, list | tuple) else [values])
        if name.lower() != "content-length"
    ]
    body: Any = response.body or ""
    return response.status, headers, body.encode() if isinstance(body, str) else bytes(body)
