"""Asks the gate, when the beginning of a planned keep has come, whether it begins: in the name of whoever
planned it, who may have lost the right to it since.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from handlers.gate.parts import Parts
from handlers.gate.plan import conflict
from handlers.tell import planned as tell
from handlers.tell.gate import BUSY, SPENT
from handlers.tell.keep import span_typed
from handlers.words.errors import Trouble
from handlers.words.request import Request
from handlers.words.result import Refusal, Reply
from policies.access.people import SlackPerson, actor_of
from policies.record.lifecycle import WHOLE
from policies.schedule.overrides import Override

AGAIN = timedelta(minutes=1)
"""Time until the gate is asked again, if nothing was decided."""
HOLDS_UP = timedelta(minutes=2)
"""How long what a plan is against waits for the plan to be decided: the plan is asked about twice."""
GROUPS_UNKNOWN = "people.groups-unknown"
PASSES = frozenset({BUSY, SPENT, "people.unknown", GROUPS_UNKNOWN})
"""Rules of refusals that pass by themselves: the plan still waits."""
KEEP = "keep"
"""The operation as which a plan begins."""


class Beginnings:
    """Lets planned keeps begin. Part of the clock's tick; ``run`` hands one question to a thread, so that a
    slow Slack holds up no transition.
    """

    def __init__(
        self,
        parts: Parts,
        ask: Callable[[Request], Reply],
        run: Callable[[Callable[[], None]], object],
    ) -> None:
        self._parts, self._ask, self._run = parts, ask, run
        self._planned: tuple[Override, ...] = ()
        self._next: dict[str, datetime] = {}
        self._first: dict[str, datetime] = {}
        """When each plan was first asked about."""
        self._asking: set[str] = set()
        self._lacked: dict[str, str] = {}
        """The rule of the last refusal, by plan."""
        self._lock = threading.Lock()
        self._found: dict[str, datetime] = {}

    def learn(self, overrides: Iterable[Override]) -> None:
        """Take the overrides as they stand now."""
        self._planned = tuple(o for o in overrides if not o.begun and o.ended_at is None)
        known = {o.id for o in self._planned}
        self._next = {name: at for name, at in self._next.items() if name in known}
        self._first = {name: at for name, at in self._first.items() if name in known}
        self._lacked = {name: rule for name, rule in self._lacked.items() if name in known}

    def look(self, now: datetime) -> Mapping[str, datetime]:
        """Ask about each plan whose beginning has come. Return the environments of which any was asked about
        or decided since the last look, with the earliest of these beginnings: their overrides are to be read
        again, because nothing may be done about a plan until it is decided.
        """
        for planned in self._planned:
            name, again = planned.id, self._next.get(planned.id)
            waits = again is not None and again - AGAIN <= now < again
            undecided = planned.waits(now) or planned.not_begun
            if planned.since <= now and undecided and not waits and name not in self._asking:
                self._asking.add(name)
                self._next[name] = now + AGAIN
                self._first.setdefault(name, now)
                self._changed(planned)
                self._run(partial(self._begin, planned))
        with self._lock:
            found, self._found = self._found, {}
        return found

    def holds_up(self, environment: str, action: Literal["stop", "start"], now: datetime) -> bool:
        """Return whether a plan that is being decided would have the environment otherwise than this
        transition.
        """
        against = "up" if action == "stop" else "down"
        return any(
            o.environment == environment
            and o.state == against
            and o.waits(now)
            and o.id in self._first
            and now < self._first[o.id] + HOLDS_UP
            for o in self._planned
        )

    def _changed(self, planned: Override) -> None:
        with self._lock:
            earliest = min(self._found.get(planned.environment, planned.since), planned.since)
            self._found[planned.environment] = earliest

    def _begin(self, planned: Override) -> None:
        try:
            self._asked(planned)
        except Exception as error:
            self._parts.on_defect(f"the planned keep of {planned.environment}", error)
        finally:
            self._asking.discard(planned.id)
            self._changed(planned)

    def _asked(self, planned: Override) -> None:
        now, overrides = self._parts.clock.now(), self._parts.book.overrides
        if now < planned.until and (why := self._waits_for(planned)):
            if why != planned.not_begun:
                overrides.wait(planned.id, why)
            return
        reply = self._ask(_request(self._parts.new_id(), planned, now))
        if not isinstance(reply, Refusal):
            return
        if now >= planned.until:
            overrides.end(planned.id, now, "", why=planned.not_begun)
        elif reply.decision.rule not in PASSES:
            overrides.end(planned.id, now, "", why=tell.why_not(planned, reply.decision))
        self._lacked[planned.id] = reply.decision.rule

    def _waits_for(self, planned: Override) -> str:
        """Say what would have the gate refuse for a while; empty if nothing is in the way. The gate is not
        asked then, because each of its refusals is an audit entry.
        """
        parts, asker = self._parts, actor_of(planned.actor, planned.actor_name)
        keep, running = parts.operation(KEEP), parts.records.running([planned.environment])
        if keep is not None and (held := conflict(keep, WHOLE, running)):
            return tell.waits_for(held)
        if isinstance(asker, SlackPerson) and not self._known(asker, self._lacked.get(planned.id, "")):
            return tell.waits_for_slack(planned)
        return ""

    def _known(self, person: SlackPerson, lacked: str) -> bool:
        """Return whether Slack can say who a person is; if groups were lacking, which groups they are in."""
        if self._parts.people.account(person.team, person.user, anew=True) is None:
            return False
        if lacked != GROUPS_UNKNOWN:
            return True
        try:
            self._parts.people.groups(person.team, person.user, anew=True)
        except Trouble:
            return False
        return True


def _request(request_id: str, planned: Override, now: datetime) -> Request:
    """The same keep as it was planned, asked for by the same person."""
    return Request(
        id=request_id,
        delivery=f"planned:{planned.id} {now.isoformat()}",
        actor=actor_of(planned.actor, planned.actor_name),
        source="clock",
        operation=KEEP,
        environment=planned.environment,
        arguments={"words": span_typed(planned), "begins": planned.id},
    )
