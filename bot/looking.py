"""A look that may hang and that many ask for: one at a time looks, and nobody waits for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()
BROKE = "Looking whether all is well broke; why is in the log."


@dataclass
class _Look:
    before: str
    """What the previous look said."""
    done: threading.Event = field(default_factory=threading.Event)
    said: str = ""
    ended: float = 0.0


class Looking:
    """Returns what ``look`` says. If that takes longer than ``seconds``, returns the trouble that the
    previous look reported, else ``late``. An answer also serves everybody who asks within ``fresh`` seconds,
    and everybody who asks during a look waits for that same look.
    """

    def __init__(self, look: Callable[[], str], *, seconds: float, late: str, fresh: float = 1.0) -> None:
        self._look, self._seconds, self._late, self._fresh = look, seconds, late, fresh
        self._lock = threading.Lock()
        self._last: _Look | None = None

    def __call__(self) -> str:
        look = self._current()
        return look.said if look.done.wait(self._seconds) else look.before or self._late

    def _current(self) -> _Look:
        with self._lock:
            last = self._last
            if last is None or (last.done.is_set() and time.monotonic() - last.ended > self._fresh):
                self._last = last = _Look("" if last is None else last.said)
                threading.Thread(target=self._do, args=(last,), name="looking", daemon=True).start()
            return last

    def _do(self, look: _Look) -> None:
        try:
            look.said = self._look()
        except Exception:
            log.exception("a look broke")
            look.said = BROKE
        look.ended = time.monotonic()
        look.done.set()
