"""A process whose watch looks for orphans, and a world with one orphan."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from handlers.clock.orphans import OrphanWatch
from policies.access.grants import Grant
from policies.access.people import Role
from policies.cost.prices import Price, Prices, PriceSource
from policies.cost.sightings import ServiceSeen, Sighting
from policies.orphans.evidence import Evidence
from policies.record.evidence import Entry
from tests.fakes.posts import FakePosts
from tests.handlers.orphaned import LOST
from tests.handlers.stage import Stage as Process
from tests.handlers.world import DEV, GRANTS, PRODUCTION, STAGING, World, service

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
MINE = (*GRANTS, Grant(DEV.id, Role.DEVELOPER, "pr-*"))
DAY = timedelta(days=1)
PRICES = Prices.of([Price("eu-west-1", "ipv4", Decimal("0.005"), date(2026, 11, 1), PriceSource.LIST)])


class Watching(Process):
    """A process whose watch looks for orphans."""

    def __init__(self, world: World, **rest: Any) -> None:
        super().__init__(world, **rest)
        self.posts = FakePosts()
        self.begin()

    def begin(self) -> None:
        """Start with a watch that remembers nothing."""
        self.watch = OrphanWatch(self.parts, self.posts, lambda: PRICES)

    def look(self, *, days: float = 0) -> None:
        """Look until every environment whose turn it is was looked at."""
        self.world.forward(days * 86_400)
        for _ in range(4):
            self.watch.tick()

    def evidence(self, name: str = "pr-142") -> Evidence:
        found = self.world.store.book.orphans.looks.all()[name].evidence
        assert found is not None
        return found


def idle_world() -> World:
    """A world in which pr-142 is idle, deployed long ago and owned by nobody; staging is in use."""
    world = World().catalogue(STAGING, LOST, PRODUCTION, grants=MINE)
    world.clock.at = NOON
    see(world, "pr-142", deployed=NOON - timedelta(days=63))
    see(world, "staging", deployed=NOON - DAY)
    world.aws("pr-142").services.put(service("web"))
    world.aws("pr-142").signals.requests = {date(2026, 9, 1): 9}
    world.aws("staging").signals.requests = {NOON.date(): 48_000}
    return world


def see(world: World, name: str, *, deployed: datetime | None, **fields: Any) -> None:
    given: dict[str, Any] = {"deployment": "ecs-svc/1", "revision": "web:7", "desired": 1}
    seen = ServiceSeen("web", running=1, deployed=deployed, **(given | fields))
    world.store.book.ledger.sightings.put(Sighting(name, world.clock.at, (seen,)))


def acted(
    stage: Process, who: str, operation: str, at: datetime, *, kind: str = "started", **rest: Any
) -> None:
    entry = Entry(at, kind, who, "Dev", "slash", operation, environment="pr-142", target="*", **rest)
    stage.store.audit.append(entry)
