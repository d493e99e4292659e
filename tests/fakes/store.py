"""The database in memory: a fake of every port in ``handlers.ports.store``.

The parts of one ``FakeStore`` share their state. ``process(name)`` is the same database as another process
sees it. ``pass_time`` moves the database's own clock, by which leases end. ``before_call`` is told the name
of each method (``operations.close``) before it does anything and may raise ``StoreLost``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from threading import RLock

from bot.db import judgement
from handlers.gate.outcome import Offer
from handlers.gate.plan import StepRecord
from handlers.ports.store import (
    AuditQuery,
    Busy,
    CatalogChange,
    CatalogState,
    Closing,
    MessageRow,
    Opened,
    Opening,
    OpenResult,
    OperationRecord,
    RecordedEntry,
    Seen,
    Spent,
    StoredOffer,
    TurnedDown,
)
from policies.access import Grant
from policies.decision import Decision
from policies.environment import Environment
from policies.evidence import GENESIS, Entry, canonical, link
from policies.lifecycle import State, may_follow


@dataclass
class Hold:
    holder: str
    until: float


@dataclass
class Turned:
    told_at: datetime
    owed: int = 0
    latest: Entry | None = None


@dataclass
class Memory:
    """What the tables would hold."""

    environments: dict[str, Environment] = field(default_factory=dict)
    generations: dict[str, int] = field(default_factory=dict)
    grants: dict[tuple[str, str, str], Grant] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    operations: dict[str, OperationRecord] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    deliveries: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    entries: list[RecordedEntry] = field(default_factory=list)
    turned: dict[str, Turned] = field(default_factory=dict)
    offers: dict[str, StoredOffer] = field(default_factory=dict)
    messages: dict[str, MessageRow] = field(default_factory=dict)
    next_tries: dict[str, datetime] = field(default_factory=dict)
    given_up: dict[str, str] = field(default_factory=dict)
    leases: dict[str, Hold] = field(default_factory=dict)
    clock: float = 0.0
    ids: count[int] = field(default_factory=lambda: count(1))
    before_call: Callable[[str], object] = str
    lock: RLock = field(default_factory=RLock)

    def state(self) -> CatalogState:
        return CatalogState(
            tuple(self.environments[n] for n in sorted(self.environments)),
            tuple(self.grants[k] for k in sorted(self.grants)),
            dict(self.settings),
        )

    def append(self, entry: Entry) -> int:
        seq = len(self.entries) + 1
        previous = self.entries[-1].hash if self.entries else GENESIS
        digest = link(previous, canonical(entry, seq))
        self.entries.append(RecordedEntry(seq, digest, entry))
        return seq


class FakeStore:
    """Everything of one database for one process."""

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

    def write(self, change: CatalogChange) -> None:
        memory = self._memory
        memory.before_call("catalog.write")
        for name in change.remove_environments:
            memory.environments.pop(name, None)
        for environment in change.put_environments:
            self._put(environment)
        for grant in change.remove_grants:
            memory.grants.pop((grant.subject, grant.pattern, grant.origin), None)
        for grant in change.put_grants:
            memory.grants[grant.subject, grant.pattern, grant.origin] = grant
        for name in change.remove_settings:
            memory.settings.pop(name, None)
        memory.settings.update(change.put_settings)

    def _put(self, wanted: Environment) -> None:
        memory, name = self._memory, wanted.name
        known = memory.generations.get(name, 0)
        if memory.environments.get(name) == replace(wanted, generation=known):
            return
        memory.generations[name] = known + 1
        memory.environments[name] = replace(wanted, generation=known + 1)


class FakeOperations:
    def __init__(self, memory: Memory, *, holder: str, lease_seconds: float) -> None:
        self._memory = memory
        self._holder = holder
        self._seconds = lease_seconds

    def open(self, opening: Opening, decide: Callable[[CatalogState], Decision]) -> OpenResult:
        self._memory.before_call("operations.open")
        with self._memory.lock:
            return self._open(opening, decide)

    def _open(self, opening: Opening, decide: Callable[[CatalogState], Decision]) -> OpenResult:
        memory, key = self._memory, judgement.delivery_key(opening)
        if key in memory.deliveries:
            return Seen(memory.deliveries[key][0])
        state, stored = memory.state(), memory.offers.get(opening.request.offer)
        if reason := judgement.why_spent(opening, stored, state):
            return self._refuse(opening, judgement.spent(reason), Spent(reason))
        decision = decide(state)
        if not decision.allowed:
            return self._refuse(opening, decision, TurnedDown(decision))
        for record in sorted(memory.operations.values(), key=lambda r: (r.opened_at, r.id)):
            if self._in_the_way(record, opening):
                return self._refuse(opening, judgement.busy(record), Busy(record))
        return self._write(opening, decision, stored)

    def _in_the_way(self, record: OperationRecord, opening: Opening) -> bool:
        return (
            record.state is State.RUNNING
            and opening.conflicts != ""
            and (record.environment, record.conflicts) == (opening.environment, opening.conflicts)
            and judgement.excludes(record.target, opening.target)
        )

    def _refuse(self, opening: Opening, decision: Decision, result: OpenResult) -> OpenResult:
        self._memory.deliveries[judgement.delivery_key(opening)] = ("", opening.now)
        self._memory.append(judgement.refused_entry(opening.entry, decision))
        return result

    def _write(self, opening: Opening, decision: Decision, stored: StoredOffer | None) -> OpenResult:
        memory = self._memory
        if stored is not None and stored.offer.once:
            memory.offers[stored.offer.id] = replace(stored, spent_by=opening.request.actor.id)
        record = _opened(opening)
        memory.operations[record.id] = record
        memory.holds[record.id] = Hold(self._holder, memory.clock + self._seconds)
        memory.deliveries[judgement.delivery_key(opening)] = (record.id, opening.now)
        if opening.message_channel:
            memory.messages[record.id] = MessageRow(record.id, opening.message_channel, "", 1, 0, False)
        memory.append(judgement.started_entry(opening.entry, decision))
        return Opened(record)

    def take(self, operation_id: str) -> OperationRecord | None:
        memory = self._memory
        memory.before_call("operations.take")
        record = memory.operations.get(operation_id)
        if record is None or record.state is not State.RUNNING or not self._free(operation_id):
            return None
        if memory.holds[operation_id].holder != self._holder:
            record = memory.operations[operation_id] = replace(record, fence=record.fence + 1)
        memory.holds[operation_id] = Hold(self._holder, memory.clock + self._seconds)
        return record

    def mark(self, record: OperationRecord, step: StepRecord, next_look: datetime) -> bool:
        memory = self._memory
        memory.before_call("operations.mark")
        row = self._ours(record)
        if row is None:
            return False
        if step.position >= len(row.steps):
            raise LookupError(f"operation {record.id} has no step {step.position}")
        was = row.steps[step.position]
        steps = tuple(step if s.position == step.position else s for s in row.steps)
        memory.operations[record.id] = replace(row, steps=steps, next_look=next_look)
        memory.holds[record.id] = Hold(self._holder, memory.clock + self._seconds)
        if (was.state, was.sentence, was.evidence) != (step.state, step.sentence, step.evidence):
            self._want_another(record.id, final=False)
        return True

    def close(self, record: OperationRecord, closing: Closing) -> bool:
        memory = self._memory
        memory.before_call("operations.close")
        if not may_follow(State.RUNNING, closing.state):
            raise ValueError(f"an operation does not end {closing.state.value}")
        row = self._ours(record)
        if row is None:
            return False
        memory.operations[record.id] = replace(
            row,
            state=closing.state,
            summary=closing.summary,
            after=dict(closing.after),
            closed_at=closing.now,
        )
        self._want_another(record.id, final=True)
        memory.append(closing.entry)
        return True

    def due(self, now: datetime) -> Sequence[str]:
        self._memory.before_call("operations.due")
        rows = [
            r
            for r in self._memory.operations.values()
            if r.state is State.RUNNING and r.next_look <= now and self._free(r.id)
        ]
        return [r.id for r in sorted(rows, key=lambda r: (r.next_look, r.opened_at, r.id))][:200]

    def forget(self, before: datetime) -> int:
        self._memory.before_call("operations.forget")
        old = [key for key, (_, at) in self._memory.deliveries.items() if at < before]
        for key in old:
            del self._memory.deliveries[key]
        return len(old)

    def _free(self, operation_id: str) -> bool:
        hold = self._memory.holds[operation_id]
        return hold.holder == self._holder or hold.until < self._memory.clock

    def _ours(self, record: OperationRecord) -> OperationRecord | None:
        row = self._memory.operations.get(record.id)
        if row is None or row.state is not State.RUNNING or row.fence != record.fence:
            return None
        return row if self._memory.holds[record.id].holder == self._holder else None

    def _want_another(self, operation_id: str, *, final: bool) -> None:
        row = self._memory.messages.get(operation_id)
        if row is not None:
            wanted = replace(row, version_wanted=row.version_wanted + 1, final=row.final or final)
            self._memory.messages[operation_id] = wanted
            if final:
                self._memory.next_tries.pop(operation_id, None)


class FakeRecords:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def find(self, operation_id: str) -> OperationRecord | None:
        self._memory.before_call("records.find")
        return self._memory.operations.get(operation_id)

    def running(self, environments: Sequence[str]) -> Sequence[OperationRecord]:
        self._memory.before_call("records.running")
        rows = [
            r
            for r in self._memory.operations.values()
            if r.state is State.RUNNING and r.environment in environments
        ]
        return sorted(rows, key=lambda r: (r.opened_at, r.id))


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

    def behind(self, now: datetime, limit: int) -> Sequence[MessageRow]:
        memory = self._memory
        memory.before_call("messages.behind")
        rows = [
            row
            for row in memory.messages.values()
            if row.version_shown < row.version_wanted
            and row.operation_id not in memory.given_up
            and memory.next_tries.get(row.operation_id, now) <= now
        ]
        lag = {row.operation_id: row.version_wanted - row.version_shown for row in rows}
        return sorted(rows, key=lambda r: (not r.final, -lag[r.operation_id], r.operation_id))[:limit]

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
        self._memory.given_up[operation_id] = reason


class FakeLeases:
    def __init__(self, memory: Memory, *, holder: str) -> None:
        self._memory = memory
        self._holder = holder

    def hold(self, name: str, seconds: float) -> bool:
        memory = self._memory
        memory.before_call("leases.hold")
        held = memory.leases.get(name)
        if held is not None and held.holder != self._holder and held.until >= memory.clock:
            return False
        memory.leases[name] = Hold(self._holder, memory.clock + seconds)
        return True

    def release(self) -> None:
        """An instant later, as on a real clock, what was held until now is past."""
        memory = self._memory
        memory.before_call("leases.release")
        for name in [n for n, held in memory.leases.items() if held.holder == self._holder]:
            del memory.leases[name]
        for hold in memory.holds.values():
            if hold.holder == self._holder:
                hold.until = memory.clock
        memory.clock += 0.001


def _opened(opening: Opening) -> OperationRecord:
    return OperationRecord(
        id=opening.id,
        name=opening.operation,
        environment=opening.environment,
        target=opening.target,
        conflicts=opening.conflicts,
        arguments=dict(opening.arguments),
        actor_id=opening.entry.actor,
        actor_name=opening.entry.actor_name,
        source=opening.request.source,
        channel=opening.request.channel,
        state=State.RUNNING,
        doing=opening.plan.doing,
        opened_at=opening.now,
        plan_hash=opening.plan.hash,
        fence=1,
        next_look=opening.now,
        steps=tuple(StepRecord(position, step) for position, step in enumerate(opening.plan.steps)),
        before=dict(opening.plan.before),
        notes=opening.plan.notes,
    )


def _asked_for(row: RecordedEntry, query: AuditQuery) -> bool:
    entry = row.entry
    return (
        (not query.environments or entry.environment in query.environments)
        and query.actor in ("", entry.actor)
        and query.operation in ("", entry.operation)
        and (query.since is None or entry.at >= query.since)
        and (query.until is None or entry.at < query.until)
        and (not query.before_seq or row.seq < query.before_seq)
    )
