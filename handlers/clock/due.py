"""Each tick works out which transitions are due, which are skipped, and asks the gate for the due one.

Rows hold all the truth. What is remembered here (until when nothing can be due for an environment, and up to
when its transitions are settled) only spares work. A new clock reads it from the claims.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.clock.drift import DriftWatch
from handlers.clock.moot import Moot
from handlers.clock.notices import NoticeBoard, stops_to_announce
from handlers.clock.observed import Observer
from handlers.clock.planned import Beginnings
from handlers.clock.retries import Retries
from handlers.gate.parts import Parts
from handlers.ports.store import CatalogState, OperationRecord
from handlers.tell import clock as tell
from handlers.tell.gate import BUSY, SPENT, UNKNOWN
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
    Unchanged,
)
from handlers.words.step import StepState
from policies.access.decision import NotAllowed
from policies.access.people import ClockActor
from policies.capacity.stopping import IN_FLIGHT, LACKING
from policies.schedule.claims import Claim, ClaimKey, ClaimState
from policies.schedule.overrides import Override, foreseen
from policies.schedule.rows import governing
from policies.schedule.schedule import parse
from policies.schedule.transitions import AT_THE_LATEST, Course, Edge, due, unsettled
from policies.schedule.words import ScheduleError
from policies.service.environment import Environment

MARGIN = timedelta(minutes=2)
"""How far back edges are looked at again: a change committed just before the last tick may be read only now.
Claims say which edges were settled.
"""
RARELY = timedelta(minutes=10)
"""The longest time between two looks at an environment, even if nothing is in sight."""
AGAIN = timedelta(minutes=5)
"""Time until a transition that could not be made is tried again."""
SOON = timedelta(seconds=30)
"""The same if AWS did not answer."""
LATER = timedelta(minutes=30)
"""The same if the role lacks a permission, which somebody has to grant first."""
LANES = 6
"""How many environments of one account and region may wait for room in its buckets at one time. The next one
is asked for once one of them has begun all it can. So a fleet goes down one environment after the other, at
the rate the buckets allow, and its plans do not take the reads that running operations need (facts/ecs 1.5).
"""
ROOM_AGAIN = timedelta(seconds=5)
"""Time until anything is asked for again in an account and region whose buckets had no room for a plan's
reads.
"""
PASSES = frozenset({BUSY, SPENT, UNKNOWN, IN_FLIGHT})
"""Rules of refusals that pass by themselves, so nobody is told of them."""
FORCED = {"flag": "never proven"}
_WAITS = {BUSY: AGAIN, IN_FLIGHT: AGAIN, LACKING: LATER, SPENT: SOON, UNKNOWN: SOON}
"""Time until the next try after a refusal under such a rule; after any other refusal there is no next try."""


Placed = tuple[Environment, Course]


class DueClock:
    """Makes the transitions that are due. Not thread-safe: one tick at a time, under a lease. ``ask`` is the
    gate's ``handle``; ``run`` hands a transition to a thread, so that a slow AWS holds up no other
    environment.
    """

    def __init__(
        self,
        parts: Parts,
        ask: Callable[[Request], Reply],
        board: NoticeBoard,
        watch: DriftWatch,
        *,
        run: Callable[[Callable[[], None]], object] = lambda work: work(),
    ) -> None:
        self._parts, self._ask, self._board, self._watch, self._run = parts, ask, board, watch, run
        self._retries, self._observer, self._moot = Retries(parts), Observer(parts, run), Moot(parts)
        self._beginnings = Beginnings(parts, ask, run)
        self._version = -1
        self._placed: dict[str, Placed] = {}
        self._state = CatalogState()
        self._next: dict[str, datetime] = {}
        self._settled: dict[str, datetime] = {}
        self._asking: set[str] = set()
        self._last: datetime | None = None
        self._learnt = False
        self._seen: dict[str, datetime] = {}
        self._lanes: dict[tuple[str, str], int] = {}
        self._full: dict[tuple[str, str], datetime] = {}

    def tick(self) -> int:
        """Look at the environments whose turn it is; return how many. Raises ``Trouble`` if the store does
        not answer.
        """
        now = self._parts.clock.now()
        version = self._parts.catalog.version()
        if version != self._version or (self._last is not None and now < self._last):
            self._learn(now)
        self._version, self._last = version, now
        if decided := self._beginnings.look(now):
            self._version = self._parts.catalog.version()
            self._learn(now)
            for name, since in decided.items():  # what begins late is made up for
                self._settled[name] = min(self._settled.get(name, since), since)
        self._lanes.clear()
        looked = [p for name, p in self._placed.items() if self._next.get(name, now) <= now]
        if looked:
            self._look(looked, now)
        self._board.tend(self._placed, version, now)
        self._watch.look(self._placed, self._state, now)
        return len(looked)

    def _learn(self, now: datetime) -> None:
        """Read everything again, because something was changed or the wall clock went back."""
        self._state = self._parts.catalog.read()
        overrides: dict[str, list[Override]] = {}
        recent = self._parts.book.overrides.recent(now - AT_THE_LATEST)
        self._beginnings.learn(recent)
        for override in foreseen(recent, now):
            overrides.setdefault(override.environment, []).append(override)
        placed = {}
        for environment in self._state.environments:
            course = self._course(environment, overrides.get(environment.name, ()))
            if course is not None:
                placed[environment.name] = (environment, self._since_seen(course, now))
        self._placed, self._next, self._learnt = placed, {}, True
        self._board.learn(self._state)

    def _since_seen(self, course: Course, now: datetime) -> Course:
        """Return the course with its row dated from when this clock first saw the environment under a row.
        What runs at 21:00 under a row of last month was not forgotten at 20:00 if the environment came under
        that row only since.
        """
        name = course.environment
        if self._learnt and name not in self._placed:
            self._seen[name] = now
        seen, since = self._seen.get(name), course.row.since
        if seen is None or (since is not None and seen <= since):
            return course
        return replace(course, row=replace(course.row, since=seen))

    def _course(self, environment: Environment, overrides: Iterable[Override]) -> Course | None:
        row = governing(environment, self._state.schedules)
        if row is None:
            return None
        try:
            days = self._parts.holidays(parse(row.text))
        except ScheduleError as error:
            self._parts.on_defect(f"the schedule of {environment.name}", error)
            return None
        return Course(environment.name, row, tuple(overrides), days)

    def _look(self, looked: list[Placed], now: datetime) -> None:
        starts = {place.name: self._start(place.name, now) for place, _ in looked}
        claims = self._parts.book.claims.since(min(starts.values()) - AGAIN)
        self._announce(looked, claims, starts, now=now)
        self._board.tend(self._placed, self._version, now)
        passed: list[Claim] = []
        for placed in looked:
            name = placed[0].name
            mine = {c.key: c for c in claims.get(name, ())}
            passed += self._look_at(placed, mine, starts[name], now)
        if passed:
            self._parts.book.claims.record(passed)

    def _announce(
        self,
        looked: Sequence[Placed],
        claims: Mapping[str, Sequence[Claim]],
        starts: Mapping[str, datetime],
        *,
        now: datetime,
    ) -> None:
        """Announce the stops that are near, and a stop that has come and is not settled."""
        stops: dict[tuple[str, datetime], list[Environment]] = {}
        for environment, course in looked:
            settled = {c.key for c in claims.get(environment.name, ()) if c.state != "postponed"}
            if not environment.channel:
                continue
            for edge in stops_to_announce(course, starts[environment.name], now):
                if edge.key not in settled:
                    stops.setdefault((environment.channel, edge.instant), []).append(environment)
        new = {place: self._board.untold(place, found, now) for place, found in stops.items()}
        acting = {e.name for e, course in looked if course.row.mode == "act"}
        fresh = {e.name: e for found in new.values() for e in found if e.name in acting}
        moot = self._moot.stopping(fresh) if fresh else frozenset[str]()
        moot |= self._moot.asleep([e for e in fresh.values() if e.name not in moot], self._state, now)
        self._board.announce(
            {place: [e.name for e in found if e.name not in moot] for place, found in new.items()}, now
        )

    def _start(self, name: str, now: datetime) -> datetime:
        return min(self._settled.get(name, now - AT_THE_LATEST), now) - MARGIN

    def _look_at(
        self, placed: Placed, claims: Mapping[ClaimKey, Claim], start: datetime, now: datetime
    ) -> list[Claim]:
        """Ask for the transition that is due here; return the claims on those that are skipped."""
        environment, course = placed
        name = environment.name
        notice = course.row.terms.notice
        edges = course.edges(start, now + notice + MARGIN)
        found = due(edges, claims, now, wanted=course.wanted(now))
        passed = [_claim(s.edge, "skipped", now, s.reason) for s in found.skip]
        if found.act is not None and course.row.mode == "observe":
            self._observer.see(placed, found.act, self._state)
        elif found.act is not None:
            passed += self._act(placed, found.act, claims.get(found.act.key), now)
        else:
            passed += self._again(placed, claims, now)
        settled = unsettled(edges, {**claims, **{c.key: c for c in passed}}, now)
        self._settled[name] = settled or now
        self._next[name] = now if settled or self._retries.watches(name) else self._ahead(course, now)
        return passed

    def _ahead(self, course: Course, now: datetime) -> datetime:
        """Return when something can next be due: a transition, or the notice before it."""
        notice = course.row.terms.notice
        for edge in course.edges(now, now + RARELY + notice):
            before = notice if edge.action == "stop" else timedelta(0)
            return min(max(edge.instant - before, now), now + RARELY)
        return now + RARELY

    def _act(self, placed: Placed, edge: Edge, before: Claim | None, now: datetime) -> list[Claim]:
        environment = placed[0]
        name = environment.name
        if name in self._asking or self._beginnings.holds_up(name, edge.action, now):
            return []
        if edge.action == "stop":
            if not environment.channel:
                return [_claim(edge, "skipped", now, tell.NO_CHANNEL)]
            if not self._board.may_stop(environment, edge.instant, now):
                return self._nothing_to_stop(environment, edge, now)
        if self._room(environment):
            self._asking.add(environment.name)
            self._run(lambda: self._ask_for(placed, edge, before))
        return []

    def _nothing_to_stop(self, environment: Environment, edge: Edge, now: datetime) -> list[Claim]:
        """Return the claims on a stop without a notice. If nothing was there to stop, the stop is skipped and
        is not made up for later.
        """
        untold = self._board.untold((environment.channel, edge.instant), [environment], now)
        if not self._moot.asleep(untold, self._state, now):
            return []
        return [_claim(edge, "skipped", now, tell.STOPPED_ALREADY)]

    def _room(self, environment: Environment) -> bool:
        """Take a lane of the environment's account and region; return whether one was free in this tick."""
        place, now = _place(environment), self._parts.clock.now()
        if now < self._full.get(place, now):
            return False
        if place not in self._lanes:
            names = [name for name, (other, _) in self._placed.items() if _place(other) == place]
            held_up = sum(map(_held_up, self._parts.records.running(names)))
            self._lanes[place] = held_up + len(self._asking.intersection(names))
        if self._lanes[place] >= LANES:
            return False
        self._lanes[place] += 1
        return True

    def _again(self, placed: Placed, claims: Mapping[ClaimKey, Claim], now: datetime) -> list[Claim]:
        """Make a transition again that was made only in part, as an operation of its own."""
        edge = self._retries.due(placed[1], claims, now)
        if edge is None or placed[0].name in self._asking or not self._room(placed[0]):
            return []
        self._asking.add(placed[0].name)
        self._run(lambda: self._ask_for(placed, edge, None))
        return []

    def _ask_for(self, placed: Placed, edge: Edge, before: Claim | None) -> None:
        try:
            self._asked(placed, edge, before)
        except Exception as error:
            self._parts.on_defect(f"the clock, {edge.key.text}", error)
        finally:
            self._asking.discard(placed[0].name)

    def _asked(self, placed: Placed, edge: Edge, before: Claim | None) -> None:
        now = self._parts.clock.now()
        waited = now - edge.instant >= placed[1].row.terms.postpone
        forced = before is not None and waited and before.put_off_by == IN_FLIGHT
        arguments = FORCED if forced else {}
        request = Request(
            id=self._parts.new_id(),
            delivery=f"{edge.key.text} {now.isoformat()}",
            actor=ClockActor(),
            source="clock",
            operation=edge.action,
            environment=placed[0].name,
            arguments={**arguments, **self._retries.arguments(edge)},
            claim=_claim(edge, "opened", now, edge.why),
        )
        match self._ask(request):
            case Report(operation_id=opened):
                self._retries.watch(placed[0].name, edge, opened)
            case Unchanged():  # asked before, by another replica or an earlier process
                pass
            case Failure(unasked=True):  # nobody is told: it is asked for again as soon as there is room
                self._full[_place(placed[0])] = now + ROOM_AGAIN
            case Refusal(decision):
                if decision.rule not in PASSES and before is None and not edge.key.tries:
                    self._board.say(placed[0].channel, tell.not_done(edge.action, decision))
                self._put_off(_refused(edge, decision, now))
            case Failure(why) | Missing(why) | NotUnderstood(why) | Choice(why) | Answer(why):
                self._put_off(_claim(edge, "postponed", now, why, next_try=now + SOON))

    def _put_off(self, claim: Claim) -> None:
        self._parts.book.claims.record([claim])
        self._retries.put_off(claim)


def _place(environment: Environment) -> tuple[str, str]:
    return environment.account, environment.region


def _held_up(record: OperationRecord) -> bool:
    """Return whether a step could begin and has not, because our buckets had no room for it."""
    return any(
        s.state is StepState.PLANNED and all(record.steps[p].state is StepState.DONE for p in s.step.after)
        for s in record.steps
    )


def _refused(edge: Edge, decision: NotAllowed, now: datetime) -> Claim:
    """Return the claim that follows a refusal: the rule decides whether the transition is tried again."""
    wait = _WAITS.get(decision.rule)
    if wait is None:
        return _claim(edge, "skipped", now, decision.told)
    put_off = _claim(edge, "postponed", now, decision.told, next_try=now + wait)
    return replace(put_off, put_off_by=decision.rule)


def _claim(
    edge: Edge, state: ClaimState, now: datetime, reason: str, *, next_try: datetime | None = None
) -> Claim:
    made = Claim(edge.key, edge.instant, state, now, reason=reason)
    return replace(made, next_try=next_try)
