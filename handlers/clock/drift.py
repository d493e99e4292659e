"""Drift: what runs although its schedule has stopped it. A drift is told once, with buttons, and is not
fought.

A database that AWS starts again after seven days is stopped again; what a person starts is only told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.clock.live import post_live
from handlers.gate.fitting import fit
from handlers.gate.parts import Parts
from handlers.ports.live import LivePost, Thing
from handlers.ports.slack import Posts
from handlers.ports.store import AuditQuery, CatalogState
from handlers.tell.clock import SEVEN_DAYS, drifted
from handlers.words.errors import Trouble
from handlers.words.request import Request
from handlers.words.result import Reply
from policies.access.people import ClockActor
from policies.capacity.drift import Drift, seen, woken_by_aws
from policies.capacity.facts import DatabaseFacts
from policies.record.lifecycle import State
from policies.schedule.claims import Claim, drift_key, seven_days_key
from policies.schedule.transitions import Course
from policies.service.environment import Environment

EVERY = timedelta(minutes=15)
"""Time between two looks at one stopped environment; each look is about four reads of AWS (facts/ecs 1.5)."""
LOOK_BACK = timedelta(days=8)
"""How far back a new process looks for a drift that was already told; a drift that lasts longer is told
again.
"""
AT_ONCE = 2
"""How many environments one tick looks at: a fleet takes turns, so the tick stays short."""


class DriftWatch:
    """Watches stopped environments for drift. Not thread-safe; part of the clock's tick. ``ask`` is the
    gate's ``handle``.
    """

    def __init__(self, parts: Parts, ask: Callable[[Request], Reply], posts: Posts) -> None:
        self._parts, self._ask, self._posts = parts, ask, posts
        self._next: dict[str, datetime] = {}
        self._open: dict[str, Claim | None] = {}
        """For each environment that was looked at, the drift that was told and is not over."""
        self._read: datetime | None = None
        self._names: frozenset[str] = frozenset()
        self._restarts: dict[tuple[str, str], datetime] = {}

    def look(
        self, courses: Mapping[str, tuple[Environment, Course]], state: CatalogState, now: datetime
    ) -> None:
        """Look at the stopped environments whose turn it is. A silence of AWS or Slack is made up for next
        time.
        """
        turn = sorted(
            name for name in self._stopped(now) & courses.keys() if self._next.get(name, now) <= now
        )
        for name in turn[:AT_ONCE]:
            environment, course = courses[name]
            self._next[name] = now + EVERY
            if course.row.mode != "act" or course.wanted(now) != "down":
                continue
            if self._parts.records.running([name]) or not self._stopped_well(name):
                continue
            try:
                self._look_at(environment, course, state, now)
            except Trouble:
                continue

    def _stopped(self, now: datetime) -> frozenset[str]:
        """Return the stopped environments, read once a minute because the query covers all of them."""
        if self._read is None or not self._read <= now < self._read + timedelta(minutes=1):
            self._read, self._names = now, self._parts.book.capacities.stopped()
        return self._names

    def _look_at(self, environment: Environment, course: Course, state: CatalogState, now: datetime) -> None:
        scope = fit(self._parts, environment, ClockActor(), state)
        names = [s.name for s in scope.services.members().own]
        shared = {d for other in scope.neighbours for d in other.databases}
        databases = [d for d in scope.databases.facts() if d.id not in shared]
        self._again(environment, databases, now)
        found = seen(scope.services.summaries(names), databases, self._awake(environment, databases, now))
        if not course.schedule.starts:
            return  # anybody may start it until the next stop
        told = self._told(environment.name, now)
        if found and told is None:
            self._tell(environment, course, found, state, scope.now)
        elif not found and told is not None:
            self._parts.book.claims.record([replace(told, state="skipped", reason="over", at=now)])
            self._open[environment.name] = None

    def _stopped_well(self, name: str) -> bool:
        """Return whether the last stop succeeded. What a stop could not stop is told by that stop and is no
        drift.
        """
        closed = self._parts.audit.entries(AuditQuery(environments=(name,), operation="stop", limit=4))
        outcomes = [found.entry.outcome for found in closed if found.entry.kind == "closed"]
        return bool(outcomes) and outcomes[0] in (State.SUCCEEDED, State.UNCHANGED)

    def _awake(
        self, environment: Environment, databases: Sequence[DatabaseFacts], now: datetime
    ) -> frozenset[str]:
        """Return the databases that AWS woke: these are stopped again and not blamed on a person."""
        due = {d.id: self._restarts.get((environment.name, d.id)) for d in databases}
        return frozenset(d.id for d in databases if woken_by_aws(d, due[d.id], now))

    def _again(self, environment: Environment, databases: Sequence[DatabaseFacts], now: datetime) -> None:
        """Stop again what AWS has started; remember when AWS will start the others."""
        for database in databases:
            if database.restarts_at is not None:
                self._restarts[environment.name, database.id] = database.restarts_at
        woken = self._awake(environment, databases, now)
        if not woken:
            return
        due = min(self._restarts[environment.name, d] for d in woken)
        key = seven_days_key(environment.name, due.date(), woken)
        self._ask(
            Request(
                id=self._parts.new_id(),
                delivery=f"{key.text} {now.isoformat()}",
                actor=ClockActor(),
                source="clock",
                operation="stop",
                environment=environment.name,
                claim=Claim(key, due, "opened", now, reason=SEVEN_DAYS),
            )
        )

    def _told(self, name: str, now: datetime) -> Claim | None:
        if name not in self._open:
            claims = self._parts.book.claims.since(now - LOOK_BACK).get(name, ())
            told = (c for c in claims if c.key.is_drift and c.state == "postponed")
            self._open[name] = next(told, None)
        return self._open[name]

    def _tell(
        self, environment: Environment, course: Course, found: Drift, state: CatalogState, now: datetime
    ) -> None:
        if environment.channel:
            said = drifted(environment.name, found)
            post = LivePost(environment.channel, "", Thing.DRIFT, environment.name, now, said)
            post_live(self._parts, self._posts, post, state)
        day = now.astimezone(course.schedule.zone).date()
        key = drift_key(environment.name, day, now)
        told = Claim(key, now, "postponed", now, reason=found.sentence)
        self._parts.book.claims.record([told])
        self._open[environment.name] = told
