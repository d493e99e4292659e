"""A ledger as the meter leaves it: days that each cost the same, and the stretches that were watched."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from handlers.ports.ledger import Watched
from policies.cost.spans import Kind, Part, Source, Span, shared_name
from policies.cost.usage import ON, UsageRow
from tests.handlers.world import World

VCPU = "fargate.vcpu.x86"
RDS, SSD = "rds.db.t4g.medium.postgres.single", "rds.storage.gp3"
LISTED = "price list 2026-03-01"
DAY = 86_400
USD = 1_000_000


class Spending:
    """Fills the ledger of a world. A task runs for twelve hours a day unless a test says otherwise."""

    def __init__(self, world: World) -> None:
        self._world, self.memory = world, world.store.memory

    def watched(self, name: str, *stretches: tuple[datetime, datetime]) -> Spending:
        self.memory.watched[name] = [Watched(name, begin, until) for begin, until in stretches]
        return self

    def days(self, name: str, first: date, last: date, *services: tuple[str, int], on: int = 12) -> Spending:
        """Make each of these services cost so many micros a day."""
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            for service, micros in services:
                self.row(name, service, day, VCPU, 250 * on * 3_600, micros)
            if on:
                self.memory.usage.append(UsageRow(name, "", day, ON, on * 3_600, None))
        return self

    def row(
        self,
        name: str,
        service: str,
        day: date,
        item: str,
        used: int,
        micros: int | None,
        *,
        source: Source = Source.SEEN,
    ) -> Spending:
        priced = LISTED if micros is not None else ""
        self.memory.usage.append(UsageRow(name, service, day, item, used, micros, priced, source))
        return self

    def shared(self, *names: str, service: str, day: date, micros: int) -> Spending:
        """Make these environments share a database from that day on."""
        joined, begin = shared_name(names), self._world.clock.at.replace(day=day.day, month=day.month)
        self.memory.spans[service] = Span(
            service, joined, service, Kind.DATABASE, (Part(RDS, 1_000),), begin, self._world.clock.at
        )
        return self.row(joined, service, day, RDS, 1_000 * DAY, micros)
