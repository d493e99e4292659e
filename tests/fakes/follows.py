"""Logs that people follow, in memory: a fake of ``handlers.ports.follows.Follows``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.ports.follows import Follow
from tests.fakes.store_memory import Memory


class FakeFollows:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def all(self) -> Sequence[Follow]:
        self._memory.before_call("follows.all")
        return sorted(self._memory.follows.values(), key=lambda f: f.began)

    def begin(self, follow: Follow) -> bool:
        self._memory.before_call("follows.begin")
        with self._memory.lock:
            if follow.key in self._memory.follows:
                return False
            self._memory.follows[follow.key] = follow
            return True

    def write(self, follow: Follow) -> Follow | None:
        self._memory.before_call("follows.write")
        with self._memory.lock:
            if not self._same(follow):
                return None
            self._memory.follows[follow.key] = replace(follow, version=follow.version + 1)
            return self._memory.follows[follow.key]

    def forget(self, follow: Follow) -> None:
        self._memory.before_call("follows.forget")
        with self._memory.lock:
            if self._same(follow):
                del self._memory.follows[follow.key]

    def _same(self, follow: Follow) -> bool:
        known = self._memory.follows.get(follow.key)
        return known is not None and known.version == follow.version
