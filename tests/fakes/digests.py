"""A fake of ``handlers.ports.digests``. Each method passes its name to ``memory.before_call``."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers.ports.digests import DigestRow, DigestState
from handlers.ports.live import LivePost
from tests.fakes.store_memory import Memory


class FakeDigests:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def find(self, channel: str, week: str) -> DigestRow | None:
        self._memory.before_call("digests.find")
        return self._memory.digests.get((channel, week))

    def of_weeks(self, weeks: Collection[str]) -> Sequence[DigestRow]:
        self._memory.before_call("digests.of_weeks")
        rows = [row for row in self._memory.digests.values() if row.week in weeks]
        return sorted(rows, key=lambda row: (row.week, row.channel))

    def claim(self, row: DigestRow, *, over: Collection[DigestState]) -> bool:
        self._memory.before_call("digests.claim")
        with self._memory.lock:
            held = self._memory.digests.get((row.channel, row.week))
            if held is not None and held.state not in over:
                return False
            self._memory.digests[row.channel, row.week] = row
            return True

    def settle(self, row: DigestRow, *, live: LivePost | None = None) -> None:
        self._memory.before_call("digests.settle")
        with self._memory.lock:
            if live is not None:
                self._memory.live_posts[live.channel, live.ts] = live
            held = self._memory.digests.get((row.channel, row.week))
            if held is None or held.state is not DigestState.POSTED:
                self._memory.digests[row.channel, row.week] = row

    def tell_once(self, channel: str, week: str) -> bool:
        memory, key = self._memory, (channel, week)
        memory.before_call("digests.tell_once")
        with memory.lock:
            if key not in memory.digests or key in memory.digests_told:
                return False
            memory.digests_told.add(key)
            return True
