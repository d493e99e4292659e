"""The strict layer in front of moto's server: faults, throttling, limits, request ids, traffic.

One call at a time reaches moto and the world (``fleet.lock``); faults wait outside that lock.
"""

from __future__ import annotations

import io
import logging
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from playground.aws import strict
from playground.aws.calls import Answer, Call, read, redacted, refusal
from playground.aws.errors import AwsError
from playground.aws.fleet import Fleet
from playground.aws.own_calls import OwnCalls
from playground.aws.throttle import Throttle
from playground.faults import Faults, Phase, Rule

LOG = logging.getLogger("playground.aws")
Traffic = Callable[[dict[str, object]], None]
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Parts:
    """What stands behind the front: moto's WSGI application, our own services and the traffic log."""

    moto: Any
    own: OwnCalls
    traffic: Traffic


class Dropped(Exception):
    """The connection is to be closed without an answer."""


class Front:
    """A WSGI application; setting ``closing`` ends delays early when the world stops."""

    def __init__(self, parts: Parts, fleet: Fleet, faults: Faults, throttle: Throttle) -> None:
        self._moto, self._own, self._traffic = parts.moto, parts.own, parts.traffic
        self._fleet, self._faults = fleet, faults
        self._throttle = throttle
        self.closing = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        call, request_id, begun = read(environ, body), str(uuid.uuid4()), time.monotonic()
        try:
            answer = self._answer(call, environ, body, request_id)
        except Dropped:
            self._report(call, 0, request_id, begun)
            _hang_up(environ)
            raise ConnectionResetError("dropped by a fault") from None
        self._report(call, answer.status, request_id, begun)
        kept = [(k, v) for k, v in answer.headers if k.lower() not in ("x-amzn-requestid", "content-length")]
        kept += [("x-amzn-RequestId", request_id), ("Content-Length", str(len(answer.body)))]
        start_response(f"{answer.status} {'OK' if answer.status < 400 else 'Error'}", kept)
        return [answer.body]

    def _answer(self, call: Call, environ: dict[str, Any], body: bytes, request_id: str) -> Answer:
        try:
            self._admit(environ)
            early = self._faults.at(call.name, "before_effect", (call.params, call.role))
            if early:
                self._strike(early, "before_effect")
                if early.kind == "duplicate":
                    self._effect(call, environ, body)
            answer = self._effect(call, environ, body)
            late = self._faults.at(call.name, "after_effect", (call.params, call.role))
            if late:
                self._strike(late, "after_effect")
        except AwsError as error:
            return refusal(call, error, request_id)
        return answer

    def _admit(self, environ: dict[str, Any]) -> None:
        """Refuse web pages, and any host name but loopback's."""
        host = environ.get("HTTP_HOST", "").rsplit(":", 1)[0]
        path = environ.get("PATH_INFO", "")
        if environ.get("HTTP_ORIGIN") or host not in LOOPBACK or path.startswith("/moto-api"):
            raise AwsError("AccessDeniedException", "The playground's AWS is for local clients.", status=403)

    def _strike(self, rule: Rule, phase: Phase) -> None:
        """Let a fault happen; return only if the call goes on afterwards."""
        match rule.kind:
            case "delay":
                self.closing.wait(rule.seconds)
            case "hold":
                if self._faults.hold(rule):
                    raise Dropped
            case "drop" | "disconnect":
                raise Dropped
            case "status":
                raise AwsError(
                    rule.code or "InternalFailure", f"Ordered fault ({phase}).", status=rule.status
                )
            case "error":
                raise AwsError(rule.code or "ServerException", f"Ordered fault ({phase}).")

    def _effect(self, call: Call, environ: dict[str, Any], body: bytes) -> Answer:
        self._throttle.take(call.action, call.service)
        inner = environ | {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        with self._fleet.lock:
            self._fleet.tick()
            self._fleet.denials.check(call)
            strict.check_call(call.name, call.params)
            try:
                if self._own.answers(call):
                    return self._own.answer(call)
                return _collect(self._moto, inner)
            except AwsError:
                raise
            except NotImplementedError as error:
                raise strict.unknown(call.name) from error
            except Exception as error:
                LOG.exception("the playground's AWS failed in %s", call.name)
                raise AwsError("InternalFailure", f"{type(error).__name__}: {error}", status=500) from error

    def _report(self, call: Call, status: int, request_id: str, begun: float) -> None:
        """Report a call to traffic; ``status`` 0 means dropped without an answer."""
        self._traffic(
            {
                "at": self._fleet.clock.now().isoformat(),
                "kind": "aws",
                "method": call.name,
                "request": redacted(call.params),
                "status": status,
                "ms": round((time.monotonic() - begun) * 1000, 1),
                "role": call.role,
                "request_id": request_id,
            }
        )


def _collect(app: Any, environ: dict[str, Any]) -> Answer:
    head: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:
        head.append((status, headers))
        return written.append

    chunks = app(environ, start)
    try:
        body = b"".join([*written, *chunks])
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    status, headers = head[-1]
    return Answer(int(status.split()[0]), headers, body)


def _hang_up(environ: dict[str, Any]) -> None:
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
