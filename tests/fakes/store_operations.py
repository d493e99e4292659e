"""Operations in memory: the side that writes and the side that reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from handlers.gate import judgement
from handlers.ports.messages import POSTED_ALONE, MessageRow
from handlers.ports.store import (
    Busy,
    CatalogState,
    Closing,
    Opened,
    Opening,
    OpenResult,
    OperationRecord,
    Seen,
    Spent,
    StoredOffer,
    TurnedDown,
)
from handlers.words.step import StepRecord
from policies.access.decision import Allowed, Decision
from policies.record.endings import Ended
from policies.record.joining import Asked, Told, joins
from policies.record.lifecycle import State, may_follow
from tests.fakes.store_memory import Hold, Memory


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
        claimed = memory.claims.get(opening.claim.key) if opening.claim else None
        if claimed is not None and claimed.state != "postponed":
            return Seen(claimed.operation_id)
        state, stored = memory.state(), memory.offers.get(opening.request.offer)
        if reason := judgement.why_spent(opening, stored, state):
            spent = judgement.spent(reason)
            return self._refuse(opening, spent, Spent(spent))
        decision = decide(state)
        if not isinstance(decision, Allowed):
            return self._refuse(opening, decision, TurnedDown(decision))
        everything = sorted(memory.operations.values(), key=lambda r: (r.opened_at, r.id))
        in_the_way = [record for record in everything if self._in_the_way(record, opening)]
        for record in in_the_way:
            if record.name not in opening.cancels:
                return self._refuse(opening, judgement.busy(record), Busy(record))
        for record in in_the_way:
            self._cancel(record, opening)
        return self._write(opening, decision, stored)

    def _in_the_way(self, record: OperationRecord, opening: Opening) -> bool:
        here = record.state is State.RUNNING and record.environment == opening.environment
        return here and judgement.in_the_way(record, opening.conflicts, opening.target)

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
        if opening.claim:
            memory.claims[opening.claim.key] = judgement.opened_claim(opening.claim, record.id)
        if opening.message_channel:
            row = MessageRow(record.id, opening.message_channel, "", 1, 0, False, told_by=opening.told_by)
            memory.messages[record.id] = replace(row, joined=self._joined(opening))
            memory.next_tries[record.id] = opening.now + POSTED_ALONE
        memory.append(judgement.started_entry(opening.entry, decision))
        return Opened(record)

    def _joined(self, opening: Opening) -> str:
        if not judgement.may_join(opening):
            return ""
        rows = self._memory.messages.values()
        count = Counter(row.joined or row.operation_id for row in rows)
        own = [row for row in rows if not (row.joined or row.told_by or row.given_up)]
        told = [Told(row.operation_id, self._asked(row), count[row.operation_id]) for row in own]
        return joins(judgement.asked(opening), told)

    def _asked(self, row: MessageRow) -> Asked:
        of = self._memory.operations[row.operation_id]
        return Asked(of.name, of.environment, of.generation, of.actor_id, row.channel, of.opened_at)

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
        if (was.state, was.sentence) != (step.state, step.sentence):
            self._want_another(record.id)
        return True

    def close(self, record: OperationRecord, closing: Closing) -> bool:
        memory = self._memory
        memory.before_call("operations.close")
        if not may_follow(State.RUNNING, closing.state):
            raise ValueError(f"an operation does not end {closing.state.value}")
        row = self._ours(record)
        if row is None:
            return False
        self._end(row, closing)
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

    def _end(self, row: OperationRecord, closing: Closing) -> None:
        self._memory.operations[row.id] = replace(
            row,
            state=closing.state,
            summary=closing.summary,
            after=dict(closing.after),
            closed_at=closing.now,
        )
        if closing.announce and row.id not in self._memory.messages:
            self._memory.messages[row.id] = MessageRow(row.id, closing.announce, "", 1, 0, False)
        self._want_another(row.id, final_from=closing.now, live=closing.live)
        self._memory.append(closing.entry)

    def _cancel(self, row: OperationRecord, opening: Opening) -> None:
        stopped = replace(row, fence=row.fence + 1)
        self._memory.holds[row.id].until = self._memory.clock
        self._end(stopped, judgement.cancelling(stopped, opening))

    def _free(self, operation_id: str) -> bool:
        hold = self._memory.holds[operation_id]
        return hold.holder == self._holder or hold.until <= self._memory.clock

    def _ours(self, record: OperationRecord) -> OperationRecord | None:
        row = self._memory.operations.get(record.id)
        if row is None or row.state is not State.RUNNING or row.fence != record.fence:
            return None
        return row if self._memory.holds[record.id].holder == self._holder else None

    def _want_another(
        self, operation_id: str, *, final_from: datetime | None = None, live: bool = False
    ) -> None:
        row = self._memory.messages.get(operation_id)
        if row is not None:
            final = row.final or final_from is not None
            self._memory.messages[operation_id] = replace(
                row, version_wanted=row.version_wanted + 1, final=final, live=live
            )
            if final_from is not None:
                self._memory.next_tries[operation_id] = final_from + POSTED_ALONE


class FakeRecords:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def find(self, operation_id: str) -> OperationRecord | None:
        self._memory.before_call("records.find")
        return self._memory.operations.get(operation_id)

    def these(self, operation_ids: Collection[str]) -> Sequence[OperationRecord]:
        self._memory.before_call("records.these")
        return self._sorted(r for r in self._memory.operations.values() if r.id in operation_ids)

    def opened(
        self, names: Collection[str], environments: Collection[str], since: datetime
    ) -> Sequence[OperationRecord]:
        self._memory.before_call("records.opened")
        rows = (r for r in self._memory.operations.values() if r.opened_at >= since)
        return self._sorted(r for r in rows if r.name in names and r.environment in environments)

    def concerning(
        self, environment: str, on: str, limit: int, *, without: Collection[str] = ()
    ) -> Sequence[OperationRecord]:
        self._memory.before_call("records.concerning")
        rows = (r for r in self._memory.operations.values() if r.environment == environment)
        counted = (r for r in rows if r.name not in without)
        found = self._sorted(r for r in counted if any(on in ("", s.step.on) for s in r.steps))
        return found[::-1][:limit]

    def _sorted(self, rows: Iterable[OperationRecord]) -> list[OperationRecord]:
        return sorted(rows, key=lambda r: (r.opened_at, r.id))

    def running(self, environments: Sequence[str]) -> Sequence[OperationRecord]:
        self._memory.before_call("records.running")
        rows = [
            r
            for r in self._memory.operations.values()
            if r.state is State.RUNNING and r.environment in environments
        ]
        return sorted(rows, key=lambda r: (r.opened_at, r.id))

    def ended(self, environments: Collection[str], since: datetime, until: datetime) -> Sequence[Ended]:
        self._memory.before_call("records.ended")
        rows = sorted(self._memory.operations.values(), key=lambda r: r.id)
        found = [
            Ended(r.name, r.environment, r.target, r.state, r.closed_at)
            for r in rows
            if r.closed_at is not None and since <= r.closed_at < until and r.environment in environments
        ]
        return sorted(found, key=lambda e: e.at)


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
        generation=opening.generation,
        fence=1,
        next_look=opening.now,
        steps=tuple(StepRecord(position, step) for position, step in enumerate(opening.plan.steps)),
        before=dict(opening.plan.before),
        notes=opening.plan.notes,
    )
