"""Prices are read again once a day, for the regions that environments lie in and for what is used there.

What the list lacks stays as it was, or as the built-in table has it; each figure says which price it used. A
refusal stops nothing; ``doctor`` reports it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from handlers.ports.clock import Clock
from handlers.ports.ledger import Ledger
from handlers.ports.money import PriceList
from handlers.words.errors import StoreLost, Throttled, Trouble
from policies.cost.prices import PriceSource
from policies.cost.usage import ON
from policies.service.environment import Environment

ALWAYS = (
    "fargate.vcpu.x86",
    "fargate.gb.x86",
    "fargate.vcpu.arm",
    "fargate.gb.arm",
    "fargate.storage",
    "elb.application",
    "ipv4",
)
"""What is asked for in every region, so that the first task of a kind has its price at once."""
IN_USE = timedelta(days=8)
"""How far back usage counts: what was used within these days is asked for too, such as databases and caches
by class and engine.
"""
AGAIN = timedelta(hours=1)
"""Time from a refusal to the next try."""
LOOKED = timedelta(minutes=10)
"""Time between two looks at what is in use: each reads several days of every environment."""
SOON = timedelta(minutes=1)
"""Time from a throttled call to the next try; what was answered before it is kept."""
IN_A_TURN = 10
"""How many items are asked for together, apart from those that are always asked for."""
Places = Callable[[], tuple[Environment, ...]]


@dataclass(frozen=True)
class Sources:
    """What pricing works with. ``places``: returns every environment of the catalog as it stands now."""

    ledger: Ledger
    prices: PriceList
    places: Places
    clock: Clock


class Pricing:
    """Keeps prices current. Not thread-safe: one beat at a time. What is remembered spares calls and decides
    nothing else.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._asked: dict[tuple[str, str], date] = {}
        """When each item was last asked for: an item without a price is not asked for twice a day."""
        self._not_before: dict[str, datetime] = {}
        self._next_look: datetime | None = None

    def tick(self) -> None:
        """Ask for what has no price of today yet. Raises trouble of the store; after trouble of AWS the
        region waits an hour, or a minute if it was throttled.
        """
        now = self._sources.clock.now()
        today = now.astimezone(UTC).date()
        if self._next_look is not None and self._next_look - LOOKED <= now < self._next_look:
            return
        for region, items in sorted(self._lacking(today).items()):
            if now < self._not_before.get(region, now):
                continue
            try:
                for some in _in_turns(items):
                    quoted = self._sources.prices.prices(region, some)
                    self._sources.ledger.prices.put(quoted.prices)
                    self._asked |= {(region, item): today for item in some}
            except StoreLost:
                raise
            except Trouble as trouble:
                self._not_before[region] = now + (SOON if isinstance(trouble, Throttled) else AGAIN)
        self._next_look = min([now + LOOKED, *(at for at in self._not_before.values() if at > now)])

    def _lacking(self, today: date) -> Mapping[str, frozenset[str]]:
        fresh = {
            (price.region, price.item)
            for price in self._sources.ledger.prices.all()
            if price.source is PriceSource.LIST and price.as_of >= today
        }
        found: dict[str, set[str]] = defaultdict(set)
        for region, item in self._in_use(today):
            if (region, item) not in fresh and self._asked.get((region, item)) != today:
                found[region].add(item)
        return {region: frozenset(items) for region, items in found.items()}

    def _in_use(self, today: date) -> set[tuple[str, str]]:
        environments = self._sources.places()
        regions = {environment.name: environment.region for environment in environments}
        used = self._sources.ledger.days.sums(list(regions), today - IN_USE, today + timedelta(days=1))
        beside = {(regions[row.environment], row.item) for row in used if row.item != ON}
        return {(region, item) for region in regions.values() for item in ALWAYS} | beside


def _in_turns(items: Collection[str]) -> Iterator[list[str]]:
    """Yield what every task needs first, then the other items, some at a time."""
    first = [item for item in ALWAYS if item in items]
    rest = sorted(set(items) - set(first))
    yield from filter(None, [first, *(rest[n : n + IN_A_TURN] for n in range(0, len(rest), IN_A_TURN))])
