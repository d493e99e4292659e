"""5. open: one transaction decides again, locks, spends the offer and writes the evidence. Then the operation
begins.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from handlers.gate import entries, record, wanting
from handlers.gate.advance import Advance
from handlers.gate.case import Case
from handlers.gate.judge import Judge
from handlers.gate.judgement import spent
from handlers.gate.parts import Parts
from handlers.gate.plan import busy
from handlers.gate.telling import told_by
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
from handlers.words.errors import StoreLost, Trouble
from handlers.words.plan import Plan
from handlers.words.result import Refusal, Reply, Report, Unchanged
from policies.access.decision import Allowed, Decision


class Opener:
    """Opens operations. An opened operation is moved at once as far as it goes; the tick does the rest."""

    def __init__(self, parts: Parts, advance: Advance) -> None:
        self._parts, self._advance = parts, advance

    def open(self, case: Case) -> Reply:
        assert case.plan is not None, "opened before it was planned"
        now = self._parts.clock.now()
        judge = Judge(self._parts, case.asked, case.actor, case.place, needs=case.plan.needs)
        if case.plan.needs is not None:
            state = self._parts.catalog.read()
            decision = judge.decide(state, now)
            if not isinstance(decision, Allowed):
                told = record.refused(self._parts, case, judge.explain(decision, state, now))
                return wanting.with_ask(self._parts, case, told, judge.needed)
        opening = self._opening(case, case.plan, now)
        with self._advance.turn(opening.id):
            try:
                result = self._parts.operations.open(opening, lambda state: _decided(case, judge, state, now))
            except StoreLost as lost:
                return tell.not_recorded(lost)
            return self._opened(case, result)

    def _opening(self, case: Case, plan: Plan, now: datetime) -> Opening:
        operation_id, request, place = self._parts.new_id(), case.request, case.place
        where = (case.environment, case.target)
        claim = request.claim
        return Opening(
            id=operation_id,
            request=request,
            operation=case.asked.name,
            environment=case.environment,
            target=case.target,
            conflicts=case.asked.conflicts,
            plan=plan,
            arguments=entries.arguments(request.arguments),
            message_channel=place.channel if place and request.source != "clock" else "",
            told_by=told_by(self._parts, case, now) if request.source != "clock" else "",
            entry=entries.started(request, plan, now=now, operation_id=operation_id, where=where),
            now=now,
            generation=place.generation if place else 0,
            claim=replace(claim, state="opened", operation_id=operation_id) if claim else None,
            cancels=case.asked.cancels,
            apart=case.asked.apart,
        )

    def _opened(self, case: Case, result: OpenResult) -> Report | Refusal | Unchanged:
        """Show the operation and move it. One that takes effect at once is moved first, and then shown as it
        ended: its lock must not wait for Slack.
        """
        match result:
            case Opened(opened):
                if not self._parts.at_once(opened):
                    self._parts.messages.show(opened.id)
                self._advance.move(opened.id)  # advance, and close if all ended at once
                return self._parts.report(self._found(opened.id) or opened)
            case Seen(operation_id):
                known = self._found(operation_id)
                return tell.seen_before() if known is None else self._parts.report(known)
            case Busy(held):
                return busy(self._parts, case, held)
            case Spent(decision) | TurnedDown(decision):
                return Refusal(decision)
        assert_never(result)

    def _found(self, operation_id: str) -> OperationRecord | None:
        """Return the operation as it stands. The operation is open already, so a lost database fails nothing
        here.
        """
        try:
            return self._parts.records.find(operation_id) if operation_id else None
        except Trouble:
            return None


def _decided(case: Case, judge: Judge, state: CatalogState, now: datetime) -> Decision:
    """Decide again on the catalog as it is inside OPEN. What was shown and confirmed for no single
    environment rests on the whole catalog, so it binds only while that is as it was.
    """
    decision = judge.decide(state, now)
    whole = case.place is None and case.asked.confirm
    if isinstance(decision, Allowed) and whole and state != case.state:
        return spent(tell.CATALOG_CHANGED_MEANWHILE)
    return decision
