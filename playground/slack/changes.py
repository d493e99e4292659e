"""Tells those who want to know that something changed: the page's event stream, and waits inside this
process.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from playground.slack.words import Json

KINDS = ("message", "message_removed", "typed", "view", "traffic", "bot", "clock")


class Changes:
    """Tells every subscriber each change. ``tell`` may be called from any thread."""

    def __init__(self, backlog: int = 500) -> None:
        self._backlog = backlog
        self._lock = threading.Lock()
        self._listeners: dict[asyncio.Queue[Json], asyncio.AbstractEventLoop] = {}

    def tell(self, kind: str, **more: Any) -> None:
        """Queue ``{"kind": kind, …}`` for every subscriber; a subscriber that fell far behind loses the
        oldest change.
        """
        with self._lock:
            listeners = list(self._listeners.items())
        for queue, loop in listeners:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_put, queue, {"kind": kind, **more})

    def subscribe(self) -> tuple[asyncio.Queue[Json], Callable[[], None]]:
        """Return a queue of changes, and a function that ends the subscription."""
        queue: asyncio.Queue[Json] = asyncio.Queue(self._backlog)
        with self._lock:
            self._listeners[queue] = asyncio.get_running_loop()
        return queue, lambda: self._forget(queue)

    def _forget(self, queue: asyncio.Queue[Json]) -> None:
        with self._lock:
            self._listeners.pop(queue, None)


def _put(queue: asyncio.Queue[Json], change: Json) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(change)
