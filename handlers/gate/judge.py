"""3. judge: may this actor ask for this here, as the catalog stands? Decided early, and again inside OPEN."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from handlers.gate import wanting
from handlers.gate.case import Case
from handlers.gate.parts import Parts
from handlers.gate.record import refused
from handlers.ports.store import CatalogState
from handlers.tell import gate as tell
from handlers.words.operation import Operation, Reach
from handlers.words.result import Refusal
from policies.access import grants, safeguards
from policies.access.decision import Allowed, Decision, NeedsApproval, NotAllowed, Refused, allow
from policies.access.grants import Grant
from policies.access.people import Actor, ClockActor, ConsoleUser, Role
from policies.service.environment import Environment


def judge(parts: Parts, case: Case) -> Case | Refusal:
    """Decide before AWS is asked for anything."""
    now = parts.clock.now()
    mine = Judge(parts, case.asked, case.actor, case.place)
    decision = mine.decide(case.state, now)
    match decision:
        case Allowed():
            return replace(case, decision=decision)
        case Refused() | NeedsApproval():
            told = refused(parts, case, mine.explain(decision, case.state, now))
            return wanting.with_ask(parts, case, told, mine.needed)
    assert_never(decision)


def may(
    operation: Operation, place: Environment, mine: Sequence[Grant], *, needs: Role | None = None
) -> Decision:
    """Decide for a person with these grants, in that environment. ``needs``: the role needed, if it is more
    than the operation's.
    """
    decision = grants.decide(place, mine, needed=needs or operation.role, asked=operation.name)
    return _unless_closed(decision, operation, place)


def _unless_closed(decision: Decision, operation: Operation, place: Environment) -> Decision:
    if not isinstance(decision, Allowed) or not operation.changes:
        return decision
    barred = safeguards.closed(place, operation.name)
    return barred if isinstance(barred, Refused) else decision


class Judge:
    """Decides who may (``access.grants``), then what is safe whoever asks (``access.safeguards``)."""

    def __init__(
        self,
        parts: Parts,
        operation: Operation,
        actor: Actor,
        place: Environment | None,
        *,
        needs: Role | None = None,
    ) -> None:
        """``needs``: the role that one plan needs, if it is more than the operation's."""
        self._parts, self._operation, self._actor, self._place = parts, operation, actor, place
        self.needed = max(operation.role, needs or operation.role)

    def decide(self, state: CatalogState, now: datetime) -> Decision:
        """Decide. Pure, because this runs inside the opening transaction, where nothing outside may be
        called.
        """
        if self._place is None:
            return self._installation(state, now)
        current = state.environment(self._place.name)
        if current is None:
            return tell.removed(self._place.name)
        if isinstance(self._actor, ClockActor):
            operation = self._operation
            decision = grants.clock(current, state.schedules, operation.name, clocked=bool(operation.brings))
        else:
            mine = self._parts.grants_of(self._actor, state, now)
            return may(self._operation, current, mine, needs=self.needed)
        return _unless_closed(decision, self._operation, current)

    def explain(self, decision: NotAllowed, state: CatalogState, now: datetime) -> NotAllowed:
        """Return the same refusal with the names of those who could grant what is missing. Asks Slack for the
        names.
        """
        if decision.rule != "access.role" or self._place is None:
            return decision
        who = [each.name for each in self._parts.granters(state, self._place, now)]
        mine = self._parts.grants_of(self._actor, state, now)
        asked = self._operation.name
        explained = grants.decide(self._place, mine, needed=self.needed, granters=who, asked=asked)
        return decision if isinstance(explained, Allowed) else explained

    def _installation(self, state: CatalogState, now: datetime) -> Decision:
        operation = self._operation
        if operation.anyone or operation.reach in (Reach.VIEWABLE, Reach.ONE_OR_ALL):
            return allow("access.viewable", "concerns only what the actor may view")
        if operation.console and isinstance(self._actor, ConsoleUser):
            return grants.console(self._actor, state.grants, now=now)
        return grants.installation(self._parts.grants_of(self._actor, state, now), needed=operation.role)
