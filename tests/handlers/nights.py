"""A staging with everything that a night takes away: a database, autoscaling, a start order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.gate.parts import Parts
from handlers.ports.scope import Scope
from handlers.ports.store import CatalogChange
from policies.access.people import Actor
from policies.capacity.facts import GroupFacts, ScalingFacts, Suspended
from policies.schedule.rows import ScheduleRow
from policies.service.environment import Environment
from tests.fakes.aws import FakeScopes
from tests.handlers.stage import Stage
from tests.handlers.wire import Tapped, Wire
from tests.handlers.world import PRODUCTION, QA, STAGING, World, service

DATABASE = "orders-db"
PLACE = replace(STAGING, databases=(DATABASE,), start_order=(("orders-api",),), time_zone="Europe/Berlin")
BOUNDS = ScalingFacts(2, 6, Suspended(scheduled=True))
SIZES = GroupFacts(1, 4, 2)
"""The sizes of the group that ``hosted`` makes."""
COUNTS = {"orders-api": 2, "web": 3, "jobs": 0}
NIGHT = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
"""21:00 in Berlin on a Monday."""
ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=NIGHT - timedelta(days=30))


class Night(World):
    """A world with three services, one of them kept at zero by its owner; *web* scales."""

    def catalogue(self, *environments: Environment, **rest: Any) -> Night:
        super().catalogue(*(environments or (PLACE, QA, PRODUCTION)), **rest)
        for name, count in COUNTS.items():
            self.aws().services.put(service(name, desired=count))
        self.aws().scaling.put("web", BOUNDS)
        self.scopes.rds.put(DATABASE)
        return self

    def scheduled(self, row: ScheduleRow = ROW, *, at: datetime = NIGHT) -> Night:
        self.store.catalog.write(CatalogChange(put_schedules=(row,)))
        self.clock.at = at
        return self

    def hosted(self) -> Night:
        """Put *web* on instances of a group."""
        self.aws().groups.put("ec2", SIZES)
        self.aws().services.change("web", providers=("ec2",))
        return self

    def move(self) -> None:
        super().move()
        self.aws().groups.move()

    def counts(self) -> dict[str, int]:
        return {name: facts.desired for name, facts in self.aws().services.known().items()}

    def database(self) -> str:
        return self.scopes.rds.find(DATABASE).status

    def lit(self) -> bool:
        """Assert that everything is exactly as it was."""
        groups = self.aws().groups
        if "ec2" in groups.names() and groups.known("ec2").sizes != SIZES:
            return False
        given_back = self.counts() == COUNTS and self.aws().scaling.known() == {"web": BOUNDS}
        return given_back and self.database() == "available"

    def dark(self) -> bool:
        off = all(not self.aws().groups.known(name).instances for name in self.aws().groups.names())
        return off and not any(self.counts().values()) and self.database() == "stopped"

    def saved(self) -> bool:
        return "staging" in self.store.memory.capacities

    def called(self, method: str) -> list[tuple[object, ...]]:
        return [c.arguments for c in self.aws().script.calls if c.method == method]


class FullStage(Stage):
    """A stage with every port of a scope on the wire, the book's and AWS's alike."""

    def __init__(self, world: World, *, holder: str = "one", wire: Wire | None = None) -> None:
        self._wire = wire
        super().__init__(world, holder=holder, wire=wire)

    def _parts(self) -> Parts:
        parts = super()._parts()
        return replace(parts, scopes=FullScopes(self.world.scopes, self._wire)) if self._wire else parts

    def forth(self, seconds: float = 5, *, times: int = 1) -> None:
        for _ in range(times):
            self.world.move()
            self.forward(seconds)


class FullScopes:
    def __init__(self, scopes: FakeScopes, wire: Wire) -> None:
        self._scopes, self._wire = scopes, wire

    def bind(self, environment: Environment, actor: Actor, *, operation_id: str = "") -> Scope:
        bound = self._scopes.bind(environment, actor, operation_id=operation_id)
        ports: dict[str, Any] = {
            n: Tapped(n, getattr(bound, n), self._wire)
            for n in ("scaling", "databases", "capacities", "permissions")
        }
        book = replace(
            bound.book,
            overrides=Tapped("overrides", bound.book.overrides, self._wire),
            capacities=Tapped("capacities", bound.book.capacities, self._wire),
        )
        return replace(bound, book=book, **ports)
