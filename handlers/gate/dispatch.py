"""The one way in. It can forget neither to check nor to record, because no operation does either itself.

admit -> resolve -> plan -> open -> advance -> close; see the numbered steps below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from handlers.gate import answers, entries, resolve
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
from handlers.words.errors import StoreLost, Trouble
from handlers.words.operation import Operation, Reach
from handlers.words.plan import Plan
from handlers.words.request import Request
from handlers.words.result import Outcome
from policies import access
from policies.decision import Decision, refuse
from policies.environment import Environment
from policies.lifecycle import excludes
from policies.people import ClockActor, ConsoleUser

Answer = Outcome | Plan | Decision


class Gate:
    """Handles requests, from whichever edge. Thread-safe; ``handle`` never raises."""

    def __init__(self, parts: Parts, advance: Advance) -> None:
        self._parts = parts
        self._advance = advance
        self._door = Door(parts)

    def handle(self, request: Request) -> Outcome:
        """What came of it. A change that was opened carries its ``operation_id``."""
        try:
            return self._handle(request)
        except StoreLost as lost:
            return Outcome("failed", f"The database does not answer, so nothing was done. {lost}")
        except Trouble as trouble:
            return Outcome("failed", str(trouble))

    def _handle(self, request: Request) -> Outcome:
        actor = self._door.admit(request)  # 0. admit
        if isinstance(actor, Decision):
            return answers.turned_down(actor)
        bound = self._bind(replace(request, actor=actor))
        if isinstance(bound, Outcome):
            return bound
        operation = self._parts.operation(bound.operation)
        if operation is None or (operation.console and not isinstance(actor, ConsoleUser)):
            return Outcome("not found", f"There is no operation `{bound.operation}` here.")
        state = self._parts.catalog.read()
        if operation.reach is Reach.ENVIRONMENT:
            return self._in_environment(bound, operation, state)
        return self._in_installation(bound, operation, state)

    def _bind(self, request: Request) -> Request | Outcome:
        """A pressed button stands for its offer: the bound operation and arguments rule."""
        if not request.offer:
            return request
        stored = self._parts.offers.find(request.offer)
        if stored is None or stored.expires_at <= self._parts.clock.now():
            told = "This button is too old to act on. Ask again for a fresh one."
            return self._refuse(request, refuse("gate.offer", told), stored.environment if stored else "")
        offer = stored.offer
        return replace(
            request,
            operation=offer.operation,
            environment=stored.environment,
            target=offer.target,
            arguments=dict(offer.arguments),
            confirmed=offer.plan_hash,
        )

    def _in_environment(self, request: Request, operation: Operation, state: CatalogState) -> Outcome:
        now = self._parts.clock.now()
        place = self._resolved(request, state, now)  # 1. resolve
        if isinstance(place, resolve.Unknown):
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
    ) -> Environment | resolve.Unknown:
        """The clock has no grants: it names environments exactly, and is let in by a schedule row."""
        found = state.environment(request.environment)
        if isinstance(request.actor, ClockActor) and found is not None:
            return found
        mine = self._parts.grants_of(request.actor, state, now)
        return resolve.environment(request.environment, state, mine)

    def _planned(
        self, request: Request, operation: Operation, where: tuple[Environment, Decision], state: CatalogState
    ) -> Outcome:
        """2. plan, on what AWS says now. Raises ``Trouble`` when it does not say."""
        place, decision = where
        mine = self._parts.grants_of(request.actor, state, self._parts.clock.now())
        scope = fit(self._parts, place, request.actor, state)
        seen = frozenset(e.name for e in access.visible(state.environments, mine))
        target = resolve.target(request.target, operation, scope, seen)
        if isinstance(target, resolve.Unknown):
            return self._unknown(replace(request, environment=place.name), target)
        running = self._parts.records.running([place.name])
        if operation.changes and (held := conflict(operation, target, running)):
            return self._busy(request, held, target)
        named = () if target == "*" else (target,)
        scope = replace(scope, running={r.target: answers.doing(r, now=scope.now) for r in running})
        answer = operation.run(scope, *named, **request.arguments)
        return self._answered(request, operation, answer, (place, target, decision))

    def _in_installation(self, request: Request, operation: Operation, state: CatalogState) -> Outcome:
        decision = Judge(self._parts, operation, request.actor, None).decide(state, self._parts.clock.now())
        if not decision.allowed:
            return self._refuse(request, decision, "")
        answer = operation.run(self._parts.desk(request.actor, state), **request.arguments)
        return self._answered(request, operation, answer, (None, "*", decision))

    def _answered(
        self,
        request: Request,
        operation: Operation,
        answer: Answer,
        where: tuple[Environment | None, str, Decision],
    ) -> Outcome:
        place, target, _ = where
        name = place.name if place else ""
        if isinstance(answer, Decision):
            return self._refuse(request, answer, name, target)
        if isinstance(answer, Outcome):
            return self._read(request, operation, answer, where)
        if (operation.confirm or request.confirmed) and request.confirmed != answer.hash:
            shown = answers.to_confirm(request, operation, answer, place=name, target=target)
            return self._offered(shown, place)
        return self._open(request, operation, answer, place, target)

    def _read(
        self,
        request: Request,
        operation: Operation,
        outcome: Outcome,
        where: tuple[Environment | None, str, Decision],
    ) -> Outcome:
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
        return self._offered(outcome, place)

    def _offered(self, outcome: Outcome, place: Environment | None) -> Outcome:
        if not outcome.offers:
            return outcome
        offers = tuple(
            replace(o, environment=o.environment or (place.name if place else "")) for o in outcome.offers
        )
        now, generation = self._parts.clock.now(), place.generation if place else 0
        return replace(outcome, offers=self._parts.offers.record(offers, generation=generation, now=now))

    def _open(
        self, request: Request, operation: Operation, plan: Plan, place: Environment | None, target: str
    ) -> Outcome:
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
                return answers.not_recorded(lost)
            return self._opened(result)

    def _opened(self, result: OpenResult) -> Outcome:
        now = self._parts.clock.now()
        match result:
            case Opened(record):
                self._parts.messages.show(record.id)
                self._advance.move(record.id)  # 4. and 5.: advance and, where that was quick, close
                return answers.opened(self._found(record.id) or record, now=now)
            case Seen(operation_id):
                return answers.seen(self._found(operation_id), now=now)
            case Busy(record):
                return answers.busy(record, now=now)
            case Spent(reason):
                return Outcome("refused", reason)
            case TurnedDown(decision):
                return answers.turned_down(decision)

    def _found(self, operation_id: str) -> OperationRecord | None:
        """The operation as it stands. It is open, so a database that is lost here fails nothing."""
        try:
            return self._parts.records.find(operation_id) if operation_id else None
        except Trouble:
            return None

    def _busy(self, request: Request, held: OperationRecord, target: str) -> Outcome:
        """Said before a plan is made, so that the plan's own deployment is not taken for somebody else's.
        A delivery that opened it itself is answered with it, as a replay."""
        now = self._parts.clock.now()
        decision = refuse("gate.busy", f"already running: {answers.doing(held, now=now)}")
        entry = entries.refused(request, decision, now=now, environment=held.environment, target=target)
        fresh = self._parts.audit.append(entry, delivery=request.delivery)
        return answers.busy(held, now=now) if fresh else answers.seen(held, now=now)

    def _unknown(self, request: Request, unknown: resolve.Unknown) -> Outcome:
        if unknown.decision is None:
            return unknown.outcome
        told = self._refuse(request, unknown.decision, request.environment.strip().lower())
        honest = access.for_want_of_groups(request.actor, unknown.decision)
        return unknown.outcome if honest is unknown.decision else told

    def _unread(self, request: Request, trouble: Trouble, environment: str) -> Outcome:
        """A change whose facts cannot be read is refused, with what AWS said of it on record. What the clock
        asks for again in seconds, because AWS was not asked, is no refusal."""
        answer = answers.unread(trouble)
        if answer.rule == answers.NO_ROOM and isinstance(request.actor, ClockActor):
            return answer
        entry = entries.unread(request, trouble, now=self._parts.clock.now(), environment=environment)
        self._parts.audit.append(entry, delivery=request.delivery)
        return answer

    def _refuse(self, request: Request, decision: Decision, environment: str, target: str = "") -> Outcome:
        now = self._parts.clock.now()
        decision = access.for_want_of_groups(request.actor, decision)
        entry = entries.refused(request, decision, now=now, environment=environment, target=target)
        self._parts.audit.append(entry, delivery=request.delivery)
        return answers.turned_down(decision)


def conflict(operation: Operation, target: str, running: Sequence[OperationRecord]) -> OperationRecord | None:
    """The running operation that holds the lock this one would need. OPEN looks again, for good."""
    group = [
        r
        for r in running
        if operation.conflicts and r.conflicts == operation.conflicts and r.name not in operation.cancels
    ]
    return next((r for r in group if excludes(r.target, target)), None)
