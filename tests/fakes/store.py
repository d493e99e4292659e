"""The database in memory: a fake of every port in ``handlers.ports.store``, and the clock's ``book``.

The parts of one ``FakeStore`` share their state. ``process(name)`` is the same database as another process
sees it. ``pass_time`` moves the database's own clock, by which leases end. ``before_call`` receives the name
of each method (``operations.close``) before the method does anything, and may raise ``StoreLost``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from handlers.gate import judgement
from handlers.ports.messages import Followed, MessageRow
from handlers.ports.store import CatalogChange, CatalogState, Lease, StoredOffer
from handlers.words.message import Offer
from policies.schedule.rows import ScheduleRow
from policies.service.environment import Environment, same_place
from tests.fakes.book import FakeBook
from tests.fakes.store_audit import FakeAudit
from tests.fakes.store_memory import Hold, Memory
from tests.fakes.store_operations import FakeOperations, FakeRecords

__all__ = ["FakeStore", "Memory"]


class FakeStore:
    """All ports of one database, for one process."""

    def __init__(
        self, *, holder: str = "one", lease_seconds: float = 30, memory: Memory | None = None
    ) -> None:
        self.memory = memory or Memory()
        self.catalog = FakeCatalog(self.memory)
        self.operations = FakeOperations(self.memory, holder=holder, lease_seconds=lease_seconds)
        self.records = FakeRecords(self.memory)
        self.audit = FakeAudit(self.memory)
        self.offers = FakeOffers(self.memory)
        self.messages = FakeMessages(self.memory)
        self.leases = FakeLeases(self.memory, holder=holder)
        self.book = FakeBook(self.memory).book

    def process(self, holder: str, *, lease_seconds: float = 30) -> FakeStore:
        return FakeStore(holder=holder, lease_seconds=lease_seconds, memory=self.memory)

    def pass_time(self, seconds: float) -> None:
        self.memory.clock += seconds

    def before_call(self, told: Callable[[str], object]) -> None:
        self.memory.before_call = told


class FakeCatalog:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def read(self) -> CatalogState:
        self._memory.before_call("catalog.read")
        return self._memory.state()

    def version(self) -> int:
        self._memory.before_call("catalog.version")
        return len(self._memory.entries)

    def write(self, change: CatalogChange) -> None:
        memory = self._memory
        memory.before_call("catalog.write")
        schedules = self._schedules(change)
        for name in change.remove_environments:
            memory.environments.pop(name, None)
            self._forget(name)
        for environment in change.put_environments:
            self._put(environment)
        for grant in change.remove_grants:
            memory.grants.pop((grant.subject, grant.pattern, grant.origin), None)
        for grant in change.put_grants:
            memory.grants[grant.subject, grant.pattern, grant.origin] = grant
        self._settings(change)
        memory.schedules = schedules
        for pattern in change.remove_budgets:
            memory.budgets.pop(pattern, None)
        memory.budgets |= {row.pattern: row for row in change.put_budgets}
        for arn in change.remove_terminals:
            memory.terminals.pop(arn, None)
        memory.terminals |= {row.arn: row for row in change.put_terminals}

    def _schedules(self, change: CatalogChange) -> dict[tuple[str, str], ScheduleRow]:
        kept = dict(self._memory.schedules)
        for row in change.remove_schedules:
            kept.pop((row.pattern, row.origin), None)
        for row in change.put_schedules:
            key = row.pattern, row.origin
            kept[key] = judgement.rescheduled(kept.get(key), row)
        return kept

    def _settings(self, change: CatalogChange) -> None:
        memory, slack = self._memory, change.settings_origin == "slack"
        for name in change.remove_settings:
            if (name in memory.slack_settings) is slack:
                memory.settings.pop(name, None)
                memory.slack_settings.discard(name)
        for name, value in change.put_settings.items():
            if name not in memory.settings or (name in memory.slack_settings) is slack:
                memory.settings[name] = value
                memory.slack_settings.update({name} if slack else ())

    def _put(self, wanted: Environment) -> None:
        memory, name = self._memory, wanted.name
        known = memory.generations.get(name, 0)
        if memory.environments.get(name) == replace(wanted, generation=known):
            return
        before = memory.environments.get(name)
        if known and (before is None or not same_place(before, wanted)):
            self._forget(name)
            memory.findings.pop(name, None)
        memory.generations[name] = known + 1
        memory.environments[name] = replace(wanted, generation=known + 1)

    def _forget(self, name: str) -> None:
        self._memory.owners.pop(name, None)
        self._memory.looks.pop(name, None)


class FakeOffers:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def record(self, given: Sequence[Offer], *, generation: int, now: datetime) -> tuple[Offer, ...]:
        self._memory.before_call("offers.record")
        named = tuple(replace(o, id=f"offer-{next(self._memory.ids)}") for o in given)
        for offer in named:
            expires_at = now + offer.expires_in
            self._memory.offers[offer.id] = StoredOffer(offer, offer.environment, generation, expires_at)
        return named

    def find(self, offer_id: str) -> StoredOffer | None:
        self._memory.before_call("offers.find")
        return self._memory.offers.get(offer_id)

    def forget(self, before: datetime) -> int:
        self._memory.before_call("offers.forget")
        old = [key for key, stored in self._memory.offers.items() if stored.expires_at < before]
        for key in old:
            del self._memory.offers[key]
        return len(old)


class FakeMessages:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def find(self, operation_id: str) -> MessageRow | None:
        self._memory.before_call("messages.find")
        return self._memory.messages.get(operation_id)

    def together(self, operation_id: str) -> Sequence[MessageRow]:
        self._memory.before_call("messages.together")
        row = self._memory.messages.get(operation_id)
        owner = row.joined or operation_id if row is not None else ""
        rows = [r for r in self._memory.messages.values() if owner and owner in (r.operation_id, r.joined)]
        return sorted(rows, key=lambda r: (r.joined, r.operation_id))

    def these(self, operation_ids: Collection[str]) -> Sequence[MessageRow]:
        self._memory.before_call("messages.these")
        return [row for row in self._memory.messages.values() if row.operation_id in operation_ids]

    def at(self, channel: str, ts: str) -> Sequence[MessageRow]:
        self._memory.before_call("messages.at")
        rows = [r for r in self._memory.messages.values() if ts and r.channel == channel]
        rows = [r for r in rows if ts in (r.ts, r.detail_ts, r.told_by)]
        return sorted(rows, key=lambda r: (r.joined, r.operation_id))

    def behind(self, now: datetime, limit: int) -> Sequence[MessageRow]:
        memory = self._memory
        memory.before_call("messages.behind")
        rows = [
            row
            for row in memory.messages.values()
            if row.version_shown < row.version_wanted
            and (row.final or not row.given_up)
            and memory.next_tries.get(row.operation_id, now) <= now
        ]
        lag = {row.operation_id: row.version_wanted - row.version_shown for row in rows}
        return sorted(rows, key=lambda r: (not r.final, -lag[r.operation_id], r.operation_id))[:limit]

    def live(self) -> Sequence[MessageRow]:
        self._memory.before_call("messages.live")
        return sorted((r for r in self._memory.messages.values() if r.live), key=lambda r: r.operation_id)

    def follow(self, found: Sequence[Followed]) -> None:
        self._memory.before_call("messages.follow")
        for one in found:
            row = self._memory.messages.get(one.operation_id)
            if row is None or not row.live:
                continue
            wanted = row.version_wanted + (1 if one.again else 0)
            self._memory.messages[one.operation_id] = replace(
                row, live=not one.over, stands=one.stands, version_wanted=wanted
            )
            if one.again:
                self._memory.next_tries.pop(one.operation_id, None)

    def drew(self, row: MessageRow) -> None:
        self._memory.before_call("messages.drew")
        kept = self._memory.messages.get(row.operation_id)
        if kept is not None:
            again = 0 if kept.drawn == row.drawn else 1
            self._memory.messages[row.operation_id] = replace(
                kept, drawn=kept.drawn + 1, version_wanted=kept.version_wanted + again
            )

    def shown(self, row: MessageRow) -> None:
        self._memory.before_call("messages.shown")
        kept = self._memory.messages.get(row.operation_id)
        if kept is not None:
            version = max(kept.version_shown, row.version_shown)
            self._memory.messages[row.operation_id] = replace(
                kept, channel=row.channel, ts=row.ts, version_shown=version, detail_ts=row.detail_ts
            )
            self._memory.next_tries.pop(row.operation_id, None)

    def postpone(self, operation_id: str, until: datetime) -> None:
        self._memory.before_call("messages.postpone")
        self._memory.next_tries[operation_id] = until

    def give_up(self, operation_id: str, reason: str) -> None:
        self._memory.before_call("messages.give_up")
        row = self._memory.messages.get(operation_id)
        if row is not None:
            self._memory.messages[operation_id] = replace(row, given_up=reason or "no reason was given")


class FakeLeases:
    def __init__(self, memory: Memory, *, holder: str) -> None:
        self._memory = memory
        self._holder = holder

    def hold(self, name: str, seconds: float) -> Lease:
        memory = self._memory
        memory.before_call("leases.hold")
        held = memory.leases.get(name)
        if held is not None and held.holder != self._holder and held.until > memory.clock:
            return Lease.ANOTHERS
        memory.leases[name] = Hold(self._holder, memory.clock + seconds)
        return Lease.RENEWED if held is not None and held.holder == self._holder else Lease.TAKEN

    def attend(self, seconds: float) -> int:
        self.hold(f"replica {self._holder}", seconds)
        held = self._memory.leases.items()
        return sum(name.startswith("replica ") and h.until > self._memory.clock for name, h in held)

    def release(self) -> None:
        memory = self._memory
        memory.before_call("leases.release")
        for name in [n for n, held in memory.leases.items() if held.holder == self._holder]:
            del memory.leases[name]
        for hold in memory.holds.values():
            if hold.holder == self._holder:
                hold.until = memory.clock
