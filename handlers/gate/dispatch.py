"""The one way in. It can forget neither to check nor to record, because no operation does either itself.

admit -> resolve -> plan -> open -> advance -> close; see the numbered steps below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, assert_never

from handlers.gate import entries, resolve
from handlers.gate.advance import Advance
from handlers.gate.door import Door
from handlers.gate.fitting import fit
from handlers.gate.judge import Judge
from handlers.gate.parts import Parts
from handlers.ports.store import (
    Busy,
    CatalogState,
    Opened,
    Opening,
    OpenResult,
    OperationRecord,
    Seen,
    Spent,
    TurnedDown,
)
from handlers.tell import gate as tell
from handlers.tell.operation import report
from handlers.words.arguments import Mistake
from handlers.words.errors import StoreLost, Trouble
from handlers.words.operation import Operation, Reach
from handlers.words.plan import Plan
from handlers.words.request import Request
from handlers.words.result import (
    Answer,
    Choice,
    Failure,
    Missing,
    NotUnderstood,
    Refusal,
    Reply,
    Report,
    Result,
    Unchanged,
)
from policies import access
from policies.decision import Decision
from policies.environment import Environment
from policies.lifecycle import excludes
from policies.people import ClockActor, ConsoleUser

Offering = TypeVar("Offering", bound=Answer | Refusal | Choice | Unchanged)


class Gate:
    """Handles requests, from whichever edge. Thread-safe; ``handle`` never raises."""

    def __init__(self, parts: Parts, advance: Advance) -> None:
        self._parts = parts
        self._advance = advance
        self._door = Door(parts)

    def handle(self, request: Request) -> Reply:
        """What came of it. A change that was opened is a ``Report``."""
        try:
            return self._handle(request)
        except StoreLost as lost:
            return tell.lost(lost)
        except Trouble as trouble:
            return Failure(str(trouble))

    def _handle(self, request: Request) -> Reply:
        actor = self._door.admit(request)  # 0. admit
        if isinstance(actor, Decision):
            return Refusal(actor)
        bound = self._bind(replace(request, actor=actor))
        if isinstance(bound, Refusal):
            return bound
        operation = self._parts.operation(bound.operation)
        if operation is None or (operation.console and not isinstance(actor, ConsoleUser)):
            return tell.no_operation(bound.operation)
        try:
            operation = operation.bound(bound.arguments)
        except Mistake as wrong:
            return NotUnderstood(str(wrong))
        state = self._parts.catalog.read()
        if operation.reach is Reach.ENVIRONMENT:
            return self._in_environment(bound, operation, state)
        return self._in_installation(bound, operation, state)

    def _bind(self, request: Request) -> Request | Refusal:
        """A pressed button stands for its offer: the bound operation and arguments rule."""
        if not request.offer:
            return request
        stored = self._parts.offers.find(request.offer)
        if stored is None or stored.expires_at <= self._parts.clock.now():
            return self._refuse(request, tell.too_old(), stored.environment if stored else "")
        offer = stored.offer
        return replace(
            request,
            operation=offer.operation,
            environment=stored.environment,
            target=offer.target,
            arguments=dict(offer.arguments),
            confirmed=offer.plan_hash,
        )

    def _in_environment(self, request: Request, operation: Operation, state: CatalogState) -> Reply:
        now = self._parts.clock.now()
        place = self._resolved(request, state, now)  # 1. resolve
        if not isinstance(place, Environment):
            return self._unknown(request, place)
        judge = Judge(self._parts, operation, request.actor, place)
        decision = judge.decide(state, now)
        if not decision.allowed:
            return self._refuse(request, judge.explain(decision, state, now), place.name)
        try:
            return self._planned(request, operation, (place, decision), state)
        except StoreLost:
            raise
        except Trouble as trouble:
            if not operation.changes:
                raise
            return self._unread(request, trouble, place.name)

    def _resolved(
        self, request: Request, state: CatalogState, now: datetime
    ) -> Environment | Missing | Refusal:
        """The clock has no grants: it names environments exactly, and is let in by a schedule row."""
        found = state.environment(request.environment)
        if isinstance(request.actor, ClockActor) and found is not None:
            return found
        mine = self._parts.grants_of(request.actor, state, now)
        return resolve.environment(request.environment, state, mine)

    def _planned(
        self, request: Request, operation: Operation, where: tuple[Environment, Decision], state: CatalogState
    ) -> Reply:
        """2. plan, on what AWS says now. Raises ``Trouble`` when it does not say."""
        place, decision = where
        mine = self._parts.grants_of(request.actor, state, self._parts.clock.now())
        scope = fit(self._parts, place, request.actor, state)
        seen = frozenset(e.name for e in access.visible(state.environments, mine))
        target = resolve.target(request.target, operation, scope, seen)
        if not isinstance(target, str):
            return self._unknown(replace(request, environment=place.name), target)
        running = self._parts.records.running([place.name])
        if operation.changes and (held := conflict(operation, target, running)):
            return self._busy(request, held, target)
        named = () if target == "*" else (target,)
        scope = replace(scope, running={r.target: r for r in running})
        result: Result = operation.run(scope, *named)
        return self._answered(request, operation, result, (place, target, decision))

    def _in_installation(self, request: Request, operation: Operation, state: CatalogState) -> Reply:
        decision = Judge(self._parts, operation, request.actor, None).decide(state, self._parts.clock.now())
        if not decision.allowed:
            return self._refuse(request, decision, "")
        result: Result = operation.run(self._parts.desk(request.actor, state))
        return self._answered(request, operation, result, (None, "*", decision))

    def _answered(
        self,
        request: Request,
        operation: Operation,
        result: Result,
        where: tuple[Environment | None, str, Decision],
    ) -> Reply:
        place, target, _ = where
        name = place.name if place else ""
        match result:
            case Refusal():
                refused = self._refuse(request, result.decision, name, target)
                return self._offered(replace(result, decision=refused.decision), place)
            case Plan() if (operation.confirm or request.confirmed) and request.confirmed != result.hash:
                shown = tell.to_confirm(request, operation, result, place=name, target=target)
                return self._offered(shown, place)
            case Plan():
                return self._open(request, operation, result, place, target)
            case Answer() | Choice() | Unchanged():
                self._record_read(request, operation, where)
                return self._offered(result, place)
            case Missing():
                return result
        assert_never(result)

    def _record_read(
        self, request: Request, operation: Operation, where: tuple[Environment | None, str, Decision]
    ) -> None:
        place, target, decision = where
        if operation.recorded:
            entry = entries.read(
                request,
                decision,
                now=self._parts.clock.now(),
                environment=place.name if place else "",
                target=target,
            )
            self._parts.audit.append(entry, delivery=request.delivery)

    def _offered(self, reply: Offering, place: Environment | None) -> Offering:
        if not reply.offers:
            return reply
        offers = tuple(
            replace(o, environment=o.environment or (place.name if place else "")) for o in reply.offers
        )
        now, generation = self._parts.clock.now(), place.generation if place else 0
        return replace(reply, offers=self._parts.offers.record(offers, generation=generation, now=now))

    def _open(
        self, request: Request, operation: Operation, plan: Plan, place: Environment | None, target: str
    ) -> Reply:
        """3. open: one transaction decides again, locks, spends the offer and writes the evidence."""
        now, operation_id, name = self._parts.clock.now(), self._parts.new_id(), place.name if place else ""
        judge = Judge(self._parts, operation, request.actor, place, needs=plan.needs)
        if plan.needs is not None:
            state = self._parts.catalog.read()
            decision = judge.decide(state, now)
            if not decision.allowed:
                return self._refuse(request, judge.explain(decision, state, now), name, target)
        opening = Opening(
            id=operation_id,
            request=request,
            operation=operation.name,
            environment=name,
            target=target,
            conflicts=operation.conflicts,
            plan=plan,
            arguments=entries.arguments(request.arguments),
            message_channel=place.channel if place and request.source != "clock" else "",
            entry=entries.started(request, plan, now=now, operation_id=operation_id, where=(name, target)),
            now=now,
            generation=place.generation if place else 0,
            claim=replace(request.claim, state="opened", operation_id=operation_id)
            if request.claim
            else None,
            cancels=operation.cancels,
        )
        with self._advance.turn(operation_id):
            try:
                result = self._parts.operations.open(opening, lambda state: judge.decide(state, now))
            except StoreLost as lost:
                return tell.not_recorded(lost)
            return self._opened(result)

    def _opened(self, result: OpenResult) -> Report | Refusal | Unchanged:
        now = self._parts.clock.now()
        match result:
            case Opened(record):
                self._parts.messages.show(record.id)
                self._advance.move(record.id)  # 4. and 5.: advance and, where that was quick, close
                return report(self._found(record.id) or record, now=now)
            case Seen(operation_id):
                return tell.seen(self._found(operation_id), now=now)
            case Busy(record):
                return tell.busy(record, now=now)
            case Spent(decision) | TurnedDown(decision):
                return Refusal(decision)
        assert_never(result)

    def _found(self, operation_id: str) -> OperationRecord | None:
        """The operation as it stands. It is open, so a database that is lost here fails nothing."""
        try:
            return self._parts.records.find(operation_id) if operation_id else None
        except Trouble:
            return None

    def _busy(self, request: Request, held: OperationRecord, target: str) -> Refusal | Report | Unchanged:
        """Said before a plan is made, so that the plan's own deployment is not taken for somebody else's.
        A delivery that opened it itself is answered with it, as a replay."""
        now = self._parts.clock.now()
        refusal, place = tell.busy(held, now=now), held.environment
        entry = entries.refused(request, refusal.decision, now=now, environment=place, target=target)
        fresh = self._parts.audit.append(entry, delivery=request.delivery)
        return refusal if fresh else tell.seen(held, now=now)

    def _unknown(self, request: Request, unknown: Missing | Refusal) -> Missing | Refusal:
        if isinstance(unknown, Missing):
            return unknown
        return self._refuse(request, unknown.decision, request.environment.strip().lower())

    def _unread(self, request: Request, trouble: Trouble, environment: str) -> Failure:
        """A change whose facts cannot be read is refused, with what AWS said of it on record. What the clock
        asks for again in seconds, because AWS was not asked, is no refusal."""
        failure = tell.unread(trouble)
        if failure.unasked and isinstance(request.actor, ClockActor):
            return failure
        entry = entries.unread(request, trouble, now=self._parts.clock.now(), environment=environment)
        self._parts.audit.append(entry, delivery=request.delivery)
        return failure

    def _refuse(self, request: Request, decision: Decision, environment: str, target: str = "") -> Refusal:
        now = self._parts.clock.now()
        decision = access.for_want_of_groups(request.actor, decision)
        entry = entries.refused(request, decision, now=now, environment=environment, target=target)
        self._parts.audit.append(entry, delivery=request.delivery)
        return Refusal(decision)


def conflict(operation: Operation, target: str, running: Sequence[OperationRecord]) -> OperationRecord | None:
    """The running operation that holds the lock this one would need. OPEN looks again, for good."""
    group = [
        r
        for r in running
        if operation.conflicts and r.conflicts == operation.conflicts and r.name not in operation.cancels
    ]
    return next((r for r in group if excludes(r.target, target)), None)
