"""What the process tells Prometheus: requests and how they ended, operations, beats."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from handlers.gate.outcome import Outcome
from handlers.gate.request import Request


class Metrics:
    """One registry per application, so that tests and a process never share counts."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "lamplighter_requests",
            "Requests the gate answered",
            ["operation", "status"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "lamplighter_request_seconds", "Until the gate answered", registry=self._registry
        )
        self.last_beat = Gauge(
            "lamplighter_last_beat_timestamp_seconds",
            "When each beat last completed",
            ["beat"],
            registry=self._registry,
        )

    def page(self) -> bytes:
        return bytes(generate_latest(self._registry))

    def counted(self, handle: Callable[[Request], Outcome]) -> Callable[[Request], Outcome]:
        """``handle``, counted and timed."""

        def timed(request: Request) -> Outcome:
            with self.seconds.time():
                outcome = handle(request)
            self.requests.labels(request.operation or "button", outcome.status).inc()
            return outcome

        return timed
