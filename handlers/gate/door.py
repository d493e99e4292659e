"""Admit: a known, active, internal person, a known console user, or the clock. Anyone else is turned away."""

from __future__ import annotations

import threading
from dataclasses import replace

from handlers.gate import entries
from handlers.gate.parts import Parts
from handlers.words.errors import Trouble
from handlers.words.request import Request
from policies.budget import Budget, spend
from policies.decision import Decision, refuse
from policies.people import Actor, ClockActor, ConsoleUser, SlackPerson, admit


class Door:
    """Lets people in. Budgets are per process, so ``n`` replicas allow up to ``n`` times the rate."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._budgets: dict[str, Budget] = {}

    def admit(self, request: Request) -> Actor | Decision:
        """The actor as known now (name, groups), or the refusal, already recorded."""
        match request.actor:
            case ConsoleUser() | ClockActor():
                return request.actor
            case SlackPerson() as person:
                return self._person(request, person)

    def _person(self, request: Request, person: SlackPerson) -> Actor | Decision:
        account = self._parts.people.account(person.team, person.user)
        decision = admit(account, self._parts.home())
        if decision.allowed and not self._in_budget(person):
            per = self._parts.per_minute
            decision = refuse(
                "people.budget", f"That is more than {per} commands in a minute. Wait a little."
            )
        if not decision.allowed or account is None:
            self._parts.audit.turn_away(entries.refused(request, decision, now=self._parts.clock.now()))
            return decision
        try:
            groups = self._parts.people.groups(person.team, person.user)
        except Trouble:
            known = replace(person, team=account.team, name=account.name, groups=frozenset())
            return replace(known, groups_known=False)
        return replace(person, team=account.team, name=account.name, groups=groups)

    def _in_budget(self, person: SlackPerson) -> bool:
        now, per_minute = self._parts.clock.now(), self._parts.per_minute
        with self._lock:
            budget = self._budgets.get(person.id) or Budget(float(per_minute), now)
            self._budgets[person.id], allowed = spend(budget, now, per_minute)
            if len(self._budgets) > 10_000:
                self._budgets.clear()
        return allowed
