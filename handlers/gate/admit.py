"""0. admit: lets in known, active, internal people, known console users and the clock; turns everybody else
away.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from handlers.gate import entries
from handlers.gate.case import Case
from handlers.gate.parts import Parts
from handlers.tell import gate as tell
from handlers.typed.values import Names
from handlers.words.errors import Trouble
from handlers.words.request import Request
from handlers.words.result import Refusal
from policies.access.budget import Budget, spend
from policies.access.decision import Allowed, Decision, NotAllowed
from policies.access.grants import identity, visible
from policies.access.people import ClockActor, ConsoleUser, SlackAccount, SlackPerson, admit
from policies.service.environment import Environment


class Door:
    """Lets people in. Each process counts for itself, against its share of a person's budget: Slack may send
    each request to any of the replicas.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._budgets: dict[str, Budget] = {}

    def admit(self, case: Case) -> Case | Refusal:
        """Return the case with the actor as known now (name, groups), or the refusal, which is already
        recorded.
        """
        match case.request.actor:
            case ConsoleUser() | ClockActor():
                return case
            case SlackPerson() as person:
                known = self._person(case.request, person)
                if isinstance(known, SlackPerson):
                    return replace(case, request=replace(case.request, actor=known))
                return Refusal(known)
        assert_never(case.request.actor)

    def still(self, case: Case) -> Case | Refusal:
        """For a change, ask Slack about the person again: what was kept may be a minute old, and the event
        that says they are gone may have been lost.
        """
        person = case.actor
        if not isinstance(person, SlackPerson) or not case.asked.changes:
            return case
        known = self._person(case.request, person, anew=True)
        if isinstance(known, SlackPerson):
            return replace(case, request=replace(case.request, actor=known))
        return Refusal(known)

    def viewable(self, person: SlackPerson | ConsoleUser) -> frozenset[str]:
        """Return the environments that a person may view, by the catalog and the clock as they are now.

        If Slack cannot tell their groups, only their own grants count. A person who is not let in may view
        none. Raises ``StoreLost``.
        """
        return frozenset(e.name for e in self._views(person))

    def names(self, person: SlackPerson | ConsoleUser, channel: str, called: str = "") -> Names:
        """Return the names with which to read a line that this person types in this channel. A terminal has
        no channel.

        Contains nothing that they may not view, so a channel of two environments is for them the channel of
        the one that they may view. A channel of several stands for the environment whose name is ``called``,
        if the channel has one. Raises ``StoreLost``.
        """
        seen = self._views(person)
        told = [e.channel for e in seen if e.channel]
        channels = {e.channel: e.name for e in seen if told.count(e.channel) == 1}
        if any(e.channel == channel and e.name == called for e in seen):
            channels[channel] = called
        return Names(
            environments=frozenset(e.name for e in seen),
            here=channels.get(channel, ""),
            channels=channels,
            services=lambda name: self._services(person, seen, name),
            ungranted=not seen and isinstance(person, SlackPerson) and self.known(person) is not None,
        )

    def known(self, person: SlackPerson) -> SlackPerson | None:
        """Return the person as known now, if they are let in. Records nothing. Raises ``StoreLost``."""
        account = self._parts.people.account(person.team, person.user)
        if account is None or not isinstance(admit(account, self._parts.home()), Allowed):
            return None
        return self._known(person, account)

    def _views(self, person: SlackPerson | ConsoleUser) -> tuple[Environment, ...]:
        known = self.known(person) if isinstance(person, SlackPerson) else person
        if known is None:
            return ()
        state, now = self._parts.catalog.read(), self._parts.clock.now()
        return visible(state.environments, self._parts.grants_of(known, state, now))

    def _services(
        self, person: SlackPerson | ConsoleUser, seen: Sequence[Environment], name: str
    ) -> frozenset[str]:
        """Return the names of an environment's services; none if AWS does not answer."""
        found = next((e for e in seen if e.name == name), None)
        try:
            members = self._parts.scopes.bind(found, person).services.members() if found else None
        except Trouble:
            return frozenset()
        return frozenset(service.name for service in members.own) if members else frozenset()

    def _person(
        self, request: Request, person: SlackPerson, *, anew: bool = False
    ) -> SlackPerson | NotAllowed:
        """Look the person up. ``anew``: ask Slack again, which does not count against their budget."""
        account = self._parts.people.account(person.team, person.user, anew=anew)
        decision: Decision = admit(account, self._parts.home())
        by_hand = request.source != "clock"
        if isinstance(decision, Allowed) and by_hand and not anew and not self._in_budget(person.user):
            decision = tell.over_budget(self._parts.per_minute)
        if not isinstance(decision, Allowed) or account is None:
            assert not isinstance(decision, Allowed), "an account that Slack cannot tell of is refused"
            self._parts.audit.turn_away(entries.refused(request, decision, now=self._parts.clock.now()))
            return decision
        return self._known(person, account, anew=anew)

    def _known(self, person: SlackPerson, account: SlackAccount, *, anew: bool = False) -> SlackPerson:
        """Return who an admitted person is: in the catalog's team, with their current name and groups."""
        home = self._parts.home()
        grants = self._parts.catalog.read().grants if home.enterprise else ()
        known = replace(person, team=identity(account, home, grants), name=account.name, groups=frozenset())
        try:
            groups = self._parts.people.groups(person.team, person.user, anew=anew)
        except Trouble:
            return replace(known, groups_known=False)
        return replace(known, groups=groups)

    def _in_budget(self, user: str) -> bool:
        """Return whether an admitted person is within their budget. The user id alone counts, because an
        organisation's people have the same id in all its workspaces.
        """
        now, per_minute = self._parts.clock.now(), self._parts.replicas.share(self._parts.per_minute)
        with self._lock:
            budget = self._budgets.get(user) or Budget(float(per_minute), now)
            self._budgets[user], allowed = spend(budget, now, per_minute)
            if len(self._budgets) > 10_000:
                self._budgets.clear()
        return allowed
