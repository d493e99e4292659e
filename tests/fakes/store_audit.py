"""The audit chain in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.gate import judgement
from handlers.ports.store import (
    AuditQuery,
    RecordedEntry,
)
from policies.record.evidence import Entry
from tests.fakes.store_memory import Memory, Turned


class FakeAudit:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def append(self, entry: Entry, *, delivery: str = "") -> int:
        self._memory.before_call("audit.append")
        if delivery:
            if delivery in self._memory.deliveries:
                return 0
            self._memory.deliveries[delivery] = ("", entry.at)
        return self._memory.append(entry)

    def turn_away(self, entry: Entry) -> None:
        self._memory.before_call("audit.turn_away")
        turned = self._memory.turned.get(entry.actor)
        if turned is not None and not judgement.another_minute(turned.told_at, entry.at):
            turned.owed, turned.latest = turned.owed + entry.count, entry
            return
        self._memory.turned[entry.actor] = Turned(entry.at)
        self._memory.append(replace(entry, count=entry.count + (turned.owed if turned else 0)))

    def settle(self, now: datetime) -> int:
        self._memory.before_call("audit.settle")
        settled = 0
        for turned in self._memory.turned.values():
            if turned.latest is not None and turned.told_at <= now - timedelta(minutes=1):
                self._memory.append(replace(turned.latest, count=turned.owed))
                turned.told_at, turned.owed, turned.latest = now, 0, None
                settled += 1
        return settled

    def entries(self, query: AuditQuery) -> Sequence[RecordedEntry]:
        self._memory.before_call("audit.entries")
        rows = [r for r in reversed(self._memory.entries) if _asked_for(r, query)]
        return rows[: query.limit]


def _asked_for(row: RecordedEntry, query: AuditQuery) -> bool:
    entry = row.entry
    return (
        (not query.environments or entry.environment in query.environments)
        and query.actor in ("", entry.actor)
        and (not query.people or entry.actor.startswith("slack:"))
        and query.operation in ("", entry.operation)
        and query.operation_id in ("", entry.operation_id)
        and (query.since is None or entry.at >= query.since)
        and (query.until is None or entry.at < query.until)
        and (not query.before_seq or row.seq < query.before_seq)
    )
