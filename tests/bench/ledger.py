"""The ledger of a large fleet: how long a month of costs and a day of tasks take to read, and how many bytes
they take.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from bot.db.database import Database, database
from bot.db.migrate import migrate
from handlers.ports.ledger import Sample
from policies.cost.spans import Kind, Part, Span
from policies.cost.usage import ON, UsageRow
from tests.bench.asking import answered
from tests.bench.audit import server
from tests.waiting import PATIENCE

TRIES = 3
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
ITEMS = ("fargate.vcpu.x86", "fargate.gb.x86")
HOURS = 5
"""Hours that each task runs."""


@dataclass(frozen=True)
class Fleet:
    """``tasks``: how many each service has a day."""

    environments: int = 500
    services: int = 15
    days: int = 28
    tasks: int = 2

    @property
    def names(self) -> list[str]:
        return [f"team-{n % 40:02}-staging-{n:03}" for n in range(self.environments)]

    @property
    def spans(self) -> int:
        return self.environments * self.services * self.days * self.tasks


@dataclass(frozen=True)
class Kept:
    """What was measured.

    ``totals``, ``sums``: seconds to read the totals and the daily sums of all environments and days. ``day``:
    seconds to read the spans of one environment and day. ``a_year``, ``spans``: bytes of one environment, for
    a year of days and for a day's spans. ``cost``, ``page``, ``digest``: seconds until ``/env cost`` of all
    environments, a page of ``/env list`` and ``/env digest`` of all are answered.
    """

    totals: float
    sums: float
    day: float
    a_year: float
    spans: float
    cost: float
    page: float
    digest: float


def on_sqlite(fleet: Fleet) -> Kept:
    with tempfile.TemporaryDirectory(prefix="lamplighter-bench-") as folder:
        return _kept(f"sqlite:///{folder}/lamplighter.db", fleet)


def on_postgresql(fleet: Fleet) -> Kept:
    with server() as running:
        return _kept(str(running.get_uri()), fleet)


def _kept(url: str, fleet: Fleet) -> Kept:
    migrate(url)
    db = database(url, holder="bench", lease_seconds=60.0, patience=PATIENCE)
    try:
        empty = _bytes(db)
        for week in range(fleet.days // 7, -1, -1):
            numbers = range(7 * week, min(7 * week + 7, fleet.days))
            for name in fleet.names:
                db.book.ledger.days.put(name, list(map(_date, numbers)), _rows(fleet, name, numbers))
        with_days = _bytes(db)
        for name in fleet.names:
            db.book.ledger.spans.record(Sample(name, NOW, tuple(_spans(fleet, name))))
        days, spans = with_days - empty, _bytes(db) - with_days
        sizes = _each_day(fleet, days) * 365, _each_day(fleet, spans)
        return Kept(*_read(db, fleet), *sizes, *answered(url, fleet.names, fleet.services, NOW))
    finally:
        db.dispose()


def _read(db: Database, fleet: Fleet) -> tuple[float, float, float]:
    ledger, name = db.book.ledger, fleet.names[0]
    first, last = _date(fleet.days - 1), _date(0)
    totals = _least(lambda: ledger.days.totals(fleet.names, first, last))
    sums = _least(lambda: ledger.days.sums(fleet.names, first, last))
    day = _least(lambda: ledger.spans.overlapping(name, NOW - 2 * DAY, NOW - DAY))
    return totals, sums, day


def _least(work: Callable[[], Sequence[object]]) -> float:
    """Return the seconds of the shortest of some tries, so that a wait for the disk or for another process
    does not count.
    """
    taken = []
    for _ in range(TRIES):
        begun = time.monotonic()
        assert work()
        taken.append(time.monotonic() - begun)
    return min(taken)


def _each_day(fleet: Fleet, size: int) -> float:
    return size / fleet.environments / fleet.days


def _rows(fleet: Fleet, name: str, numbers: Iterable[int]) -> list[UsageRow]:
    used, usd = fleet.tasks * HOURS * 3_600, "price list 2026-11-28"
    each = [(f"service-{n:02}", item) for n in range(fleet.services) for item in ITEMS]
    found = []
    for number in numbers:
        day = _date(number)
        found += [UsageRow(name, service, day, item, used * 500, 123_450, usd) for service, item in each]
        found.append(UsageRow(name, "", day, ON, used, None))
    return found


def _spans(fleet: Fleet, name: str) -> list[Span]:
    parts = tuple(Part(item, 500) for item in ITEMS)
    found = []
    for number in range(fleet.services * fleet.days * fleet.tasks):
        service, day = number % fleet.services, number // fleet.services % fleet.days
        begin = NOW - (day + 1) * DAY + timedelta(hours=HOURS * (number // fleet.services // fleet.days))
        id = f"arn:aws:ecs:eu-central-1:111111111111:task/{name}/{_scattered(number):032x}"
        end = begin + timedelta(hours=HOURS)
        found.append(Span(id, name, f"service-{service:02}", Kind.TASK, parts, begin, end, ended=True))
    return found


def _scattered(number: int) -> int:
    """Return a number as scattered as a task's own id, so that the next one lies elsewhere in an index."""
    return (number + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128


def _date(days: int) -> date:
    return (NOW - days * DAY).date()


def _bytes(db: Database) -> int:
    sizes = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        "postgresql": "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'",
    }
    with db.store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
        return int(connection.scalar(text(sizes[connection.dialect.name])) or 0)
