"""What the process reports to Prometheus: requests, how they ended and how long they took; beats; the process
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from handlers.clock.meter import Heard
from handlers.tell.reply import status
from handlers.words.request import Request
from handlers.words.result import Reply

BUTTON, UNKNOWN = "button", "unknown"
"""Labels of requests without a known operation. A pressed button names no operation (its offer does), and
typed text that is not an operation must not become a label.
"""


class Metrics:
    """One registry per application, so that tests and a process never share counts."""

    def __init__(self, operations: Collection[str] = ()) -> None:
        self._operations = frozenset(operations)
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
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

        self.looks = Counter(
            "lamplighter_meter_looks",
            "Looks at what an environment costs, by how they ended",
            ["outcome"],
            registry=self._registry,
        )
        self.unseen = Gauge(
            "lamplighter_meter_unseen_environments",
            "Environments that the meter has not seen for longer than ECS remembers a stopped task",
            registry=self._registry,
        )

    def metered(self) -> Heard:
        """What the meter reports to."""
        return Heard(look=lambda look: self.looks.labels(look.value).inc(), unseen=self.unseen.set)

    def page(self) -> bytes:
        return bytes(generate_latest(self._registry))

    def counted(self, handle: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
        """``handle``, with its requests counted and timed."""

        def timed(request: Request) -> Reply:
            with self.seconds.time():
                reply = handle(request)
            self.requests.labels(self._label(request), status(reply).value).inc()
            return reply

        return timed

    def _label(self, request: Request) -> str:
        if not request.operation:
            return BUTTON
        return request.operation if request.operation in self._operations else UNKNOWN
