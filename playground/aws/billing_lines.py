"""The bill, line by line: the world's history at the playground's own list prices, by UTC day.

Fargate is billed by the second, with a minimum (facts/ecs 7.3); databases, caches and standing resources by
the hour. An order can add an account's overhead, which carries no tag, and a credit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache

from playground.aws.account import REGION
from playground.aws.buying import FREE_STORAGE
from playground.aws.caches import Cache
from playground.aws.databases import Database
from playground.aws.history import History, Window
from playground.aws.meter import Size, Stay
from playground.aws.price_products import FARGATE, SHORT, Product, products

ECS = "Amazon Elastic Container Service"
RDS = "Amazon Relational Database Service"
CACHE = "Amazon ElastiCache"
VPC = "Amazon Virtual Private Cloud"
SPOT_SHARE = Decimal("0.3184")
"""Spot's share of the on-demand price, taken from the snapshot in facts/ecs 7.2."""
HOURS_A_MONTH = 730
ADDRESS = Decimal("0.005")
ENGINES = {
    "postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB",
    "aurora-postgresql": "Aurora PostgreSQL", "aurora-mysql": "Aurora MySQL",
}  # fmt: skip
CLASS, STORAGE_GB = "db.t4g.micro", 20
"""The class and storage that every database of the world is billed for."""


@dataclass(frozen=True)
class Line:
    """One line of the bill. ``record`` is Usage or Credit, ``quantity`` is in the usage type's own unit."""

    day: date
    service: str
    usage: str
    usd: Decimal
    quantity: Decimal
    tags: dict[str, str] = field(default_factory=dict, hash=False)
    record: str = "Usage"


def task_lines(stays: Iterable[Stay], now: datetime) -> Iterator[Line]:
    """Yield the lines of tasks on Fargate; tasks on instances are paid for with the instance."""
    for stay in stays:
        if stay.size.bought == "EC2":
            continue
        end = stay.end.at if stay.end else now
        end = max(end, stay.begin.at + timedelta(seconds=stay.size.minimum))
        for day, hours in by_day((stay.begin.at, end)):
            for usage, unit, price in _parts(stay.size):
                service = VPC if "IPv4" in usage else ECS
                yield Line(day, service, usage, price * unit * hours, unit * hours, stay.tags)


def standing_lines(history: History, now: datetime) -> Iterator[Line]:
    for row in history.standing.values():
        for day, hours in by_day((row.begin, row.end or now)):
            yield Line(day, row.service, row.usage, Decimal(row.usd) * hours, hours, row.tags)


def database_lines(databases: Iterable[Database], now: datetime) -> Iterator[Line]:
    """Yield the lines of instances while they are not stopped, and of their storage always. A cluster is paid
    for through its members.
    """
    for row in databases:
        if row.kind == "cluster":
            continue
        tags = {"environment": row.environment} if row.environment else {}
        engine = ENGINES.get(row.engine, "PostgreSQL")
        several = row.multi_az and not row.cluster
        usage = f"{SHORT[REGION]}{'Multi-AZUsage' if several else 'InstanceUsage'}:{CLASS}"
        price = price_of("AmazonRDS", usage, engine)
        for window in up_times(row, now):
            for day, hours in by_day(window):
                yield Line(day, RDS, usage, price * hours, hours, tags)
        storage = f"{SHORT[REGION]}RDS:GP3-Storage"
        monthly = price_of("AmazonRDS", storage)
        for day, hours in by_day((row.created_at, now)):
            months = hours * STORAGE_GB / HOURS_A_MONTH
            yield Line(day, RDS, storage, monthly * months, months, tags)


def cache_lines(caches: Iterable[Cache], now: datetime) -> Iterator[Line]:
    """Yield the lines of nodes by the hour. A group is paid for through its members; serverless caches are
    not billed.
    """
    for row in caches:
        if row.kind != "cluster":
            continue
        usage = f"{SHORT[REGION]}NodeUsage:{row.node}"
        price = price_of("AmazonElastiCache", usage, row.engine.capitalize())
        tags = {"environment": row.environment} if row.environment else {}
        for day, hours in by_day((row.created_at, now)):
            used = hours * row.nodes
            yield Line(day, CACHE, usage, price * used, used, tags)


def up_times(database: Database, now: datetime) -> Iterator[Window]:
    """Yield the windows in which the instance existed and was not stopped."""
    since = database.created_at
    for halt in database.halts:
        if halt.begin > since:
            yield since, halt.begin
        since = halt.end or now
    if since < now:
        yield since, now


def by_day(window: Window) -> Iterator[tuple[date, Decimal]]:
    """Split a window's hours by UTC day; yield nothing if the window ends before it begins."""
    begin, end = (instant.astimezone(UTC) for instant in window)
    while begin < end:
        midnight = datetime.combine(begin.date() + timedelta(days=1), time(), UTC)
        until = min(midnight, end)
        yield begin.date(), Decimal(str(round((until - begin).total_seconds(), 3))) / 3600
        begin = until


def _parts(size: Size) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Yield each usage type with its units and the price of one unit for an hour."""
    cpu, memory = Decimal(size.cpu) / 1024, Decimal(size.memory) / 1024
    windows = size.system.startswith("WINDOWS")
    kind = "Windows-" if windows else "ARM-" if size.architecture == "ARM64" else ""
    spot = size.bought == "FARGATE_SPOT"
    share, word = (SPOT_SHARE, "SpotUsage-") if spot else (Decimal(1), "")
    yield _part(f"Fargate-{kind}vCPU-Hours:perCPU", cpu, share, word)
    yield _part(f"Fargate-{kind}GB-Hours", memory, share, word)
    if windows:
        yield _part("Fargate-Windows-OS-Hours:perCPU", cpu, Decimal(1), "")
    if size.storage > FREE_STORAGE:
        beyond = Decimal(size.storage - FREE_STORAGE)
        yield _part("Fargate-EphemeralStorage-GB-Hours", beyond, Decimal(1), "")
    if size.public_ip:
        yield f"{SHORT[REGION]}PublicIPv4:InUseAddress", Decimal(1), ADDRESS


def _part(name: str, units: Decimal, share: Decimal, word: str) -> tuple[str, Decimal, Decimal]:
    usage = f"{SHORT[REGION]}{word}{name}"
    return usage, units, Decimal(FARGATE[name][1][REGION]) * share


@cache
def price_of(service: str, usage: str, engine: str = "") -> Decimal:
    """Return the price of one unit in the world's region; ``StopIteration`` if the list has none."""

    def fits(row: Product) -> bool:
        named = (row.service, row.usage, row.region) == (service, usage, REGION)
        known = (row.attributes.get("databaseEngine"), row.attributes.get("cacheEngine"))
        return named and engine in ("", *known)

    return Decimal(next(row.usd for row in products() if fits(row)))
