"""A tiny AWS that gives scripted answers, counts what it is asked, and can hang up without a word."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs

JSON = "application/x-amz-json-1.1"


class ScriptedAws:
    """Answers by operation name. The last answer given for an operation is repeated for ever."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._answers: dict[str, list[tuple[int, str]]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, operation: str, status: int, *bodies: str | dict[str, Any]) -> None:
        rows = [(status, body if isinstance(body, str) else json.dumps(body)) for body in bodies]
        self._answers.setdefault(operation, []).extend(rows)

    def drop(self, operation: str) -> None:
        self._answers.setdefault(operation, []).append((0, ""))

    def count(self, operation: str) -> int:
        return sum(name == operation for name, _ in self.asked)

    def next(self, operation: str) -> tuple[int, str]:
        rows = self._answers.get(operation, [(500, "{}")])
        return rows.pop(0) if len(rows) > 1 else rows[0]

    def __enter__(self) -> ScriptedAws:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(aws: ScriptedAws) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            target = self.headers.get("X-Amz-Target", "")
            if target:
                operation, asked = target.split(".")[-1], json.loads(body or "{}")
            else:
                asked = {k: v[0] for k, v in parse_qs(body).items()}
                operation = asked.get("Action", "")
            aws.asked.append((operation, asked))
            status, text = aws.next(operation)
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", JSON if target else "text/xml")
            self.send_header("x-amzn-RequestId", "r-1")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    return Handler
