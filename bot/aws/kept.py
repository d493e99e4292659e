"""A bounded memory for what was read recently, or for what never changes."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """The ``most`` values used last, each for at most ``seconds``. ``clock`` counts monotonic seconds.

    Safe between threads. Two threads may fetch the same value at once; the later value is kept.
    """

    def __init__(self, most: int, clock: Callable[[], float], seconds: float = math.inf) -> None:
        self._most, self._clock, self._seconds = most, clock, seconds
        self._values: OrderedDict[Hashable, tuple[float, V]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._values)

    def find(self, key: Hashable) -> V | None:
        with self._lock:
            found = self._values.get(key)
            if found is None or self._clock() - found[0] >= self._seconds:
                return None
            self._values.move_to_end(key)
            return found[1]

    def keep(self, key: Hashable, value: V) -> V:
        with self._lock:
            self._values[key] = (self._clock(), value)
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value
