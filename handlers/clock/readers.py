"""Whether those who follow logs still may, and which streams are theirs now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from handlers.clock.polling import Source, sourced
from handlers.facts.logged import sorted_out, source
from handlers.gate.admit import Door
from handlers.gate.judge import Judge
from handlers.gate.parts import Parts
from handlers.ports.follows import Ending, Key
from handlers.ports.scope import Scope
from handlers.ports.store import CatalogState
from policies.access.decision import Allowed
from policies.access.people import ClockActor, SlackPerson, actor_of
from policies.logs.asked import logs_asked
from policies.service.environment import Environment

LOOKED = timedelta(seconds=15)
"""How long the streams of a service are taken for the same: a new task is heard that much later."""
LAST_LINES = timedelta(minutes=1)
"""How long the lines of a task that stopped are still read."""
Streams = Mapping[Source, frozenset[str]]


class Unsaid(Exception):
    """Slack cannot say now who a person is."""


class Readers:
    """Asks the gate's own rules. Remembers streams for a moment."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._door = parts, Door(parts)
        self._found: dict[tuple[Environment, str, str], tuple[datetime, Streams | Ending]] = {}

    def barred(self, key: Key, name: str, state: CatalogState) -> Ending | None:
        """Decide again whether this person may follow this log. Raises ``Unsaid``."""
        environment, declared = state.environment(key.environment), self._parts.operation("follow")
        if environment is None:
            return Ending.REMOVED
        person = actor_of(key.person, name)
        assert isinstance(person, SlackPerson), "only a person in Slack follows a log"
        assert declared is not None
        known = self._door.known(person)
        if known is None:
            if self._parts.people.account(person.team, person.user) is None:
                raise Unsaid
            return Ending.NO_GRANT
        judge = Judge(self._parts, declared.demanding(state.settings), known, environment)
        decision = judge.decide(state, self._parts.clock.now())
        if isinstance(decision, Allowed):
            return None
        if not known.groups_known:
            raise Unsaid
        return Ending.NO_GRANT

    def scope(self, key: Key, state: CatalogState) -> Scope:
        """Return the ports with which the log is read: as the clock, so that people come first."""
        environment = state.environment(key.environment)
        assert environment is not None
        return self._parts.scopes.bind(environment, ClockActor())

    def streams(self, key: Key, state: CatalogState) -> Streams | Ending:
        """Return the streams of the service's tasks, those that stopped a moment ago among them, or why there
        is nothing to follow: a service that is no longer the environment's own counts as one without tasks.
        Raises ``Trouble``.
        """
        scope, container = self.scope(key, state), logs_asked(key.lines).container
        asked = (scope.environment, key.service, container)
        held = self._found.get(asked)
        if held is not None and held[0] <= scope.now < held[0] + LOOKED:
            return held[1]
        found = self._look(scope, key.service, container)
        self._found = {a: f for a, f in self._found.items() if f[0] <= scope.now < f[0] + LOOKED}
        self._found[asked] = (scope.now, found)
        return found

    def _look(self, scope: Scope, service: str, container: str) -> Streams | Ending:
        if service not in [own.name for own in scope.services.members().own]:
            return Ending.NO_TASK
        found = source(scope, service, container, ended=LAST_LINES)
        if found.last is not None or not found.tasks:
            return Ending.NO_TASK
        opened = sorted_out(scope, found.groups).open
        if not opened:
            return Ending.NO_LOG
        return {sourced(scope.environment, group): frozenset(group.streams) for group in opened}
