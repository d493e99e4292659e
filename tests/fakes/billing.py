"""The bill that was read, in memory, and AWS's answers about money and use as a test orders them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from handlers.ports.money import (
    Activation,
    Backfilled,
    Bill,
    BillingQuery,
    Doubt,
    Doubted,
    Quoted,
    TagState,
)
from handlers.words.errors import Trouble
from policies.cost.billed import BilledDay, Tagged
from policies.cost.insights import Reserved
from policies.cost.prices import Price
from tests.fakes.store_memory import Memory


class FakeBilled:
    """``handlers.ports.money.Billed``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def begin(self, query: BillingQuery) -> bool:
        self._memory.before_call("billed.begin")
        with self._memory.lock:
            key = (query.account, query.day)
            if key in self._memory.billing_queries:
                return False
            self._memory.billing_queries[key] = query
            return True

    def update(self, query: BillingQuery) -> None:
        self._memory.before_call("billed.update")
        self._memory.billing_queries[query.account, query.day] = query

    def queries(self, since: date) -> Sequence[BillingQuery]:
        self._memory.before_call("billed.queries")
        found = (query for query in self._memory.billing_queries.values() if query.day >= since)
        return sorted(found, key=lambda query: (query.day, query.account))

    def put(self, account: str, days: Collection[date], rows: Sequence[BilledDay]) -> None:
        self._memory.before_call("billed.put")
        with self._memory.lock:
            for key in [k for k in self._memory.billed if k[0] == account and k[1] in days]:
                del self._memory.billed[key]
            self._memory.billed |= {(row.account, row.day, row.owner, row.tag): row for row in rows}

    def rows(self, first: date, last: date) -> Sequence[BilledDay]:
        self._memory.before_call("billed.rows")
        return [row for key, row in sorted(self._memory.billed.items()) if first <= key[1] <= last]


class FakeBackfills:
    """``handlers.ports.money.Backfills``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def done(self) -> frozenset[str]:
        self._memory.before_call("backfills.done")
        return frozenset(self._memory.backfills)

    def record(self, backfilled: Backfilled) -> None:
        self._memory.before_call("backfills.record")
        self._memory.backfills[backfilled.environment] = backfilled


@dataclass
class FakePriceList:
    """``handlers.ports.money.PriceList``. ``trouble`` is raised instead of an answer."""

    known: list[Price] = field(default_factory=list)
    doubts: dict[tuple[str, str], Doubted] = field(default_factory=dict)
    trouble: Trouble | None = None
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def prices(self, region: str, items: Collection[str]) -> Quoted:
        self.asked.append((region, tuple(sorted(items))))
        if self.trouble:
            raise self.trouble
        found = {price.item: price for price in self.known if price.region == region}
        lacking = [item for item in sorted(items) if item not in found and not item.startswith("spot.")]
        doubts = (Doubt(region, item, self.doubts.get((region, item), Doubted.ABSENT)) for item in lacking)
        return Quoted(tuple(found[item] for item in sorted(items) if item in found), tuple(doubts))


@dataclass
class FakeBilling:
    """``handlers.ports.money.Billing``. ``lines``: the lines on each page of the bill."""

    account: str = "999999999999"
    active: dict[str, Activation] = field(default_factory=dict)
    lines: list[list[Tagged]] = field(default_factory=lambda: [[]])
    trouble: dict[str, Trouble] = field(default_factory=dict)
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    periods: list[tuple[date, date]] = field(default_factory=list)
    before_answer: Callable[[str], object] = str
    """Called with the method's name after a page is paid for."""

    def tags(self, keys: Sequence[str], page: Callable[[], bool]) -> tuple[TagState, ...]:
        if not page():
            return ()
        self._paid("tags", keys)
        return tuple(TagState(key, self.active.get(key, Activation.ABSENT)) for key in keys)

    def bill(self, first: date, end: date, keys: Sequence[str], page: Callable[[], bool]) -> Bill:
        self.periods.append((first, end))
        found: list[Tagged] = []
        for lines in self.lines:
            if not page():
                return Bill((), whole=False)
            self._paid("bill", keys)
            found += [line for line in lines if first <= line.day < end]
        return Bill(tuple(found))

    def _paid(self, method: str, keys: Sequence[str]) -> None:
        self.asked.append((method, tuple(keys)))
        self.before_answer(method)
        if method in self.trouble:
            raise self.trouble[method]


@dataclass
class FakeInsights:
    """``handlers.ports.money.Insights``."""

    points: list[Reserved] = field(default_factory=list)
    trouble: Trouble | None = None
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)

    def reserved(self, start: datetime, end: datetime) -> tuple[Reserved, ...]:
        self.asked.append((start, end))
        if self.trouble:
            raise self.trouble
        found = (point for point in self.points if start <= point.at < end)
        return tuple(sorted(found, key=lambda point: (point.at, point.service)))
