"""One process whose meter runs, minute by minute; a second one on the same world is another process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from handlers.clock.meter import Heard, Look, Meter
from handlers.clock.tenure import Job, Tenure
from handlers.gate.parts import Parts
from handlers.ports.ledger import Ledger
from handlers.ports.scope import Scope
from handlers.words.errors import Trouble
from policies.access.people import Actor
from policies.cost.spans import Kind, Span
from policies.cost.usage import ON, UsageRow
from policies.service.environment import Environment
from tests.fakes.usage import FakeUsage
from tests.handlers.stage import Stage
from tests.handlers.wire import Tapped, Wire
from tests.handlers.world import World

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EVER = (date(2026, 1, 1), date(2027, 12, 31))
LEASE = 60.0


def metered(*environments: Environment) -> World:
    """A world at noon, with nothing that is paid for yet."""
    world = World().catalogue(*environments)
    world.clock.at = MONDAY
    return world


class MeterStage(Stage):
    """A process with a meter. The meter's threads run at once, unless ``hold`` keeps them back."""

    def __init__(self, world: World, *, minutes: int = 15, wire: Wire | None = None, **rest: Any) -> None:
        super().__init__(world, **rest)
        self.every, self.looks = timedelta(minutes=minutes), list[Look]()
        self.unseen, self.held = 0, list[Callable[[], None]]()
        self.hold = False
        self.defects: list[str] = []
        self.parts = replace(self.parts, on_defect=lambda what, _error: self.defects.append(what))
        if wire is not None:
            self.parts = tapped(self.parts, wire)
        self.tenure = Tenure(Job("meter", 1.0, self._begin, lease="meter"), self.store.leases, LEASE)

    def _begin(self) -> Callable[[], object]:
        heard = Heard(self.looks.append, self._unseen)
        return Meter(self.parts, self.every, run=self._run, heard=heard).tick

    def _unseen(self, count: int) -> None:
        self.unseen = count

    def _run(self, work: Callable[[], None]) -> None:
        if self.hold:
            self.held.append(work)
        else:
            work()

    def beat(self) -> None:
        """One beat; if the store fails, the next beat makes up for it."""
        try:
            self.tenure.beat()
        except Trouble:
            return

    def minutes(self, count: int) -> None:
        """Let minutes pass on both clocks, with a beat in each."""
        for _ in range(count):
            self.world.forward(60)
            self.beat()

    def until(self, instant: datetime) -> None:
        while self.world.clock.at < instant:
            self.minutes(1)

    # what there is

    def usage(self, name: str = "staging") -> FakeUsage:
        return self.world.aws(name).usage

    @property
    def ledger(self) -> Ledger:
        return self.world.store.book.ledger

    def spans(self, owner: str = "staging") -> list[Span]:
        found = self.ledger.spans.overlapping(owner, MONDAY - timedelta(days=99), MONDAY + timedelta(days=99))
        return [span for span in found if span.kind is Kind.TASK]

    def rows(self, owner: str = "staging") -> list[UsageRow]:
        return list(self.ledger.days.rows([owner], *EVER))

    def seconds(self, owner: str = "staging", service: str = "web") -> dict[date, int]:
        """Return seconds by day of a service's small tasks (a quarter of a vCPU each)."""
        found: dict[date, int] = {}
        for row in self.rows(owner):
            if row.item == "fargate.vcpu.x86" and row.service == service:
                found[row.day] = found.get(row.day, 0) + row.used // 250
        return found

    def on(self, owner: str = "staging") -> dict[date, int]:
        return {row.day: row.used for row in self.rows(owner) if row.item == ON}

    def sample_times(self, name: str = "staging") -> int:
        return self.world.aws(name).script.count("usage.tasks")


class _Scopes:
    def __init__(self, scopes: Any, wire: Wire) -> None:
        self._scopes, self._wire = scopes, wire

    def bind(self, environment: Environment, actor: Actor, *, operation_id: str = "") -> Scope:
        bound: Scope = self._scopes.bind(environment, actor, operation_id=operation_id)
        usage: Any = Tapped("usage", bound.usage, self._wire)
        return replace(bound, usage=usage)


def tapped(parts: Parts, wire: Wire) -> Parts:
    """Return the same parts, with each call of the meter on the wire."""
    known = parts.book.ledger
    ports: dict[str, Any] = {
        name: Tapped(name, getattr(known, name), wire) for name in ("spans", "days", "prices", "sightings")
    }
    catalog: Any = Tapped("catalog", parts.catalog, wire)
    scopes: Any = _Scopes(parts.scopes, wire)
    book = replace(parts.book, ledger=replace(known, **ports))
    return replace(parts, catalog=catalog, scopes=scopes, book=book)
