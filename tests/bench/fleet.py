"""A fleet goes down in simulated time: the real gate, advance loop, clock and ``stop`` on a metered AWS.

Only time is simulated. There is one beat a second, as in ``serve``. Each answer of AWS takes ``ANSWERS_IN``,
and ``TOGETHER`` calls are under way at once. Tasks are gone ``DRAINS`` after their count is 0, and a database
is stopped ``DATABASE_STOPS`` after the request.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

from bot.aws.throttle import RATES, Allowance, Buckets
from handlers.gate.parts import Parts
from handlers.ports.store import AuditQuery, CatalogChange, RecordedEntry
from handlers.words.message import Message, Table
from policies.capacity.facts import ScalingFacts, Suspended
from policies.schedule.rows import ScheduleRow
from tests import telling
from tests.bench.metering import AwsSide, Meter, MeteredScopes
from tests.fakes.aws import steady
from tests.fakes.posts import FakePosts
from tests.fakes.store_audit import FakeAudit
from tests.handlers.clock.stage import ClockStage, at
from tests.handlers.world import World, environment

BEAT = 1.0
ANSWERS_IN, TOGETHER = 0.1, 8
"""Seconds until AWS answers, and the number of threads that advance operations."""
DRAINS, DATABASE_STOPS = 60.0, 300.0
STOP_AT = at(19)
CHANNELS = 25
"""The number of channels that the environments share."""
LONGEST = timedelta(hours=6)


@dataclass(frozen=True)
class Fleet:
    """``scaled`` services of each environment have autoscaling, and each environment has one database."""

    environments: int = 500
    services: int = 15
    scaled: int = 5
    allowance: Allowance = field(default_factory=Allowance)

    @property
    def counts(self) -> int:
        """The UpdateService calls that stopping every service takes."""
        return self.environments * self.services

    @property
    def allowed(self) -> float:
        """Seconds for all counts except the burst, at our share of the published rate (facts/ecs 1.4)."""
        rate, share = RATES["service modify"], self.allowance.share
        return (self.counts - rate.burst * share) / (rate.per_second * share)


@dataclass(frozen=True)
class Down:
    """The result. ``seconds`` and ``closed`` run from the stop time to the last task's end and to the last
    operation's.

    ``throttled``: calls that AWS throttled. ``put_off``: calls that our own buckets held back before anything
    was sent. ``said``: everything that stood in a message, in an operation's result or in the audit log.
    """

    fleet: Fleet
    seconds: float
    closed: float
    throttled: int
    put_off: int
    sent: dict[str, int]
    ended: dict[str, int]
    said: tuple[str, ...]

    @property
    def ratio(self) -> float:
        return self.seconds / self.fleet.allowed

    @property
    def asked_ratio(self) -> float:
        """The ratio up to the last count that was set, without the time that its tasks take to end."""
        return (self.seconds - DRAINS) / self.fleet.allowed

    @property
    def arithmetic(self) -> str:
        rate, share = RATES["service modify"], self.fleet.allowance.share
        return (
            f"({self.fleet.counts:,} counts - {rate.burst:g} x {share:g} at once) / "
            f"({rate.per_second:g} a second x {share:g}) = {self.fleet.allowed:,.0f} s"
        )

    @property
    def complaints(self) -> tuple[str, ...]:
        """What people were told that mentions throttling."""
        return tuple(s for s in self.said if "too much" in s.lower() or "throttl" in s.lower())


class Simulation:
    def __init__(self, fleet: Fleet) -> None:
        self._fleet, self._moves, self._numbers = fleet, list[Any](), count()
        self._world = _world(fleet)
        self._seconds, self._drained = 0.0, 0.0
        aws = AwsSide(lambda: self._seconds)
        self._meter = Meter(Buckets(lambda: self._seconds, fleet.allowance), aws, self._answered)
        scopes = self._world.scopes
        metered: Any = MeteredScopes(scopes, self._meter, self._changed)
        self._world.scopes = metered
        self._aws = scopes
        self._posts = TellingPosts()
        self._stage = FleetStage(self._world, posts=self._posts)

    def run(self) -> Down:
        """Run until every operation has ended. Raises ``AssertionError`` if that takes longer than
        ``LONGEST``.
        """
        while self._world.clock.at < STOP_AT:
            self._beat(60.0)
        self._seconds_at_stop = self._seconds
        closed = 0
        while closed < self._fleet.environments:
            assert self._world.clock.at - STOP_AT < LONGEST, "the fleet does not go down"
            self._beat(BEAT)
            closed = sum(o.state.ended for o in self._stage.operations())
        return self._down()

    def _down(self) -> Down:
        operations = self._stage.operations()
        ended: dict[str, int] = {}
        for operation in operations:
            ended[operation.state.value] = ended.get(operation.state.value, 0) + 1
        last = max(o.closed_at or STOP_AT for o in operations)
        entries = [(e.reason, e.summary) for e in self._stage.entries()]
        told = (*self._posts.said, *(o.summary for o in operations), *(text for e in entries for text in e))
        return Down(
            self._fleet,
            self._drained - self._seconds_at_stop,
            (last - STOP_AT).total_seconds(),
            self._meter.aws.throttled,
            self._meter.put_off,
            dict(self._meter.aws.sent),
            ended,
            told,
        )

    def _beat(self, seconds: float) -> None:
        """Run a beat of the clock and one of the advance loop; the calls they make to AWS take their time."""
        began = self._seconds
        self._arrive()
        self._stage.clock.tick()
        self._stage.tick()
        self._pass(max(0.0, seconds - (self._seconds - began)))

    def _answered(self) -> None:
        self._pass(ANSWERS_IN / TOGETHER)

    def _pass(self, seconds: float) -> None:
        self._seconds += seconds
        self._world.forward(seconds)

    def _changed(self, environment: str, what: str) -> None:
        takes = DATABASE_STOPS if what.startswith("db-") else DRAINS
        heapq.heappush(self._moves, (self._seconds + takes, next(self._numbers), environment, what))

    def _arrive(self) -> None:
        """End tasks and stop databases whose time has come."""
        while self._moves and self._moves[0][0] <= self._seconds:
            when, _, environment, what = heapq.heappop(self._moves)
            if what.startswith("db-"):
                self._aws.rds.begin(what, "stopped")
                continue
            services = self._aws.aws(environment).services
            primary = services.known()[what].primary
            assert primary is not None, "every service here has one"
            services.change(what, running=0, pending=0, deployments=(replace(primary, running=0),))
            self._drained = max(self._drained, when)


class FleetStage(ClockStage):
    """A stage where a defect ends the simulation, instead of adding one more line to a log."""

    def _parts(self) -> Parts:
        return replace(super()._parts(), on_defect=_raise)


def _raise(what: str, error: Exception) -> None:
    raise AssertionError(what) from error


class TellingPosts(FakePosts):
    """Posts that keep everything that ever stood in a message, in ``said``."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()

    def post(self, channel: str, said: Message) -> str:
        self.said |= {said.headline, *telling.notes(said), *_cells(said)}
        return super().post(channel, said)

    def edit(self, channel: str, ts: str, said: Message) -> None:
        self.said |= {said.headline, *telling.notes(said), *_cells(said)}
        super().edit(channel, ts, said)


class IndexedAudit(FakeAudit):
    """Finds an environment's entries without reading all entries, because the simulation asks for them very
    often.
    """

    def __init__(self, memory: Any) -> None:
        super().__init__(memory)
        self._rows: dict[str, list[RecordedEntry]] = {}
        self._read = 0

    def entries(self, query: AuditQuery) -> list[RecordedEntry]:
        for row in self._memory.entries[self._read :]:
            self._rows.setdefault(row.entry.environment, []).append(row)
        self._read = len(self._memory.entries)
        assert len(query.environments) == 1, "asked for one environment at a time"
        mine = self._rows.get(query.environments[0], [])
        found = [r for r in reversed(mine) if query.operation in ("", r.entry.operation)]
        return found[: query.limit]


def _cells(said: Message) -> tuple[str, ...]:
    tables = (block for block in said.blocks if isinstance(block, Table))
    return tuple(cell for table in tables for row in table.rows for cell in row)


def _world(fleet: Fleet) -> World:
    world = World()
    world.clock.at = STOP_AT - timedelta(minutes=35)
    names = [f"env-{n:03}" for n in range(fleet.environments)]
    world.catalogue(
        *(
            environment(n, channel=f"C0TEAM{i % CHANNELS}", databases=(f"db-{n}",))
            for i, n in enumerate(names)
        )
    )
    row = ScheduleRow("env-*", "Mon-Fri 08:00-19:00 UTC", since=world.clock.at)
    world.store.catalog.write(CatalogChange(put_schedules=(row,)))
    world.store.audit = IndexedAudit(world.store.memory)
    for name in names:
        aws = world.aws(name)
        world.scopes.rds.put(f"db-{name}")
        for n in range(fleet.services):
            aws.services.put(steady(f"service-{n:02}", cluster=name))
        for n in range(fleet.scaled):
            aws.scaling.put(f"service-{n:02}", ScalingFacts(1, 4, Suspended()))
    return world
