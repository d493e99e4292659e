"""What a price is, and the items that prices are of.

Items have names of our own, so that no other part depends on how AWS names a usage type:

=============================  =====================================================
``fargate.vcpu.x86``           an hour of a vCPU; also ``arm``, ``windows``
``fargate.gb.x86``             an hour of a GB of memory; also ``arm``, ``windows``
``fargate.licence.windows``    an hour of a vCPU's operating system
``fargate.storage``            an hour of a GB beyond the 20 that are free
``spot.vcpu.x86``              as ``fargate`` on Spot, whose price floats; also ``gb``, ``arm``
``rds.CLASS.ENGINE.single``    an hour of an instance; ``multi`` in two zones, ``iopt`` I/O-Optimized
``rds.storage.TYPE``           a month of a GB of storage
``rds.iops.TYPE``              a month of a provisioned operation a second; ``throughput`` of a MiB a second
``aurora.acu.ENGINE``          an hour of an Aurora capacity unit; ``.iopt`` behind it I/O-Optimized
``cache.CLASS.ENGINE``         an hour of a cache's node
``cache.stored.ENGINE``        an hour of a GB in a serverless cache
``cache.ecpu.ENGINE``          an hour of one ECPU a second of a serverless cache
``elb.application``            an hour of a load balancer; also ``network``
``nat``                        an hour of a NAT gateway
``ipv4``                       an hour of a public IPv4 address
=============================  =====================================================

Some items never have a price; they are there so that what they stand for is told and not taken for free:
``ec2.task`` and ``external.task`` (a task on an instance, which is billed itself, or outside AWS),
``fargate.task`` (of a size ECS does not tell), ``cache.node`` (of a kind ElastiCache does not tell), and what
is billed by a use that is not known: ``aurora.storage``, ``aurora.serverless``, ``cache.serverless``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal, NamedTuple

from policies.cost.money import MILLION

HOURS_A_WEEK = 168
HOURS_A_MONTH = 730
"""As AWS's own calculators count a month (facts/ecs 7.2)."""
_MILLI_HOURS = 1_000 * 3_600
"""Thousandths of a unit times seconds, in a unit's hour."""


class PriceSource(StrEnum):
    LIST = "price list"
    """AWS's Price List API, queried by this installation."""
    TABLE = "built-in table"
    """``policies.cost.table``: read once by us, dated."""


@dataclass(frozen=True)
class Price:
    """``usd``: for ``per`` of one unit of the item. ``as_of``: the day on which it was read or published."""

    region: str
    item: str
    usd: Decimal
    as_of: date
    source: PriceSource
    per: Literal["hour", "month"] = "hour"

    @property
    def hourly(self) -> Decimal:
        return self.usd if self.per == "hour" else self.usd / HOURS_A_MONTH

    def micros(self, used: int) -> int:
        """Return the cost of this many thousandths of the unit times seconds: rounded once, half to even."""
        hours = Fraction(used, _MILLI_HOURS * (HOURS_A_MONTH if self.per == "month" else 1))
        return round(Fraction(self.usd) * hours * MILLION)

    @property
    def told(self) -> str:
        """Which price this is: ``price list 2026-11-30``."""
        return f"{self.source.value} {self.as_of.isoformat()}"


@dataclass(frozen=True)
class Prices:
    """The prices to use, by region and item. If there are several, one from the list comes before one from
    the table, then the newest.
    """

    known: Mapping[tuple[str, str], Price] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Iterable[Price]) -> Prices:
        best: dict[tuple[str, str], Price] = {}
        for price in given:
            held = best.get((price.region, price.item))
            if held is None or _rank(price) > _rank(held):
                best[price.region, price.item] = price
        return cls(best)

    def find(self, region: str, item: str) -> Price | None:
        return self.known.get((region, item))


def floats(item: str) -> bool:
    """Return whether the price changes by itself: what is known of it was true on its day only."""
    return item.startswith("spot.")


def contested(item: str) -> bool:
    """Return whether AWS's own pages disagree on the price: for Windows the Price List tells about half of
    what the pricing page tells (facts/ecs 7.2).
    """
    return item.startswith("fargate.") and item.endswith(".windows")


class Quoted(NamedTuple):
    """Prices of one source, of the days from ``first`` to ``last`` in ISO format."""

    source: str
    first: str
    last: str


def by_source(priced: Iterable[str]) -> tuple[Quoted, ...]:
    """Return the sources, the one with the newest day first. ``priced``: as ``Price.told`` writes them."""
    days: dict[str, list[str]] = {}
    for each in sorted(filter(None, priced)):
        source, _, day = each.rpartition(" ")
        days.setdefault(source, []).append(day)
    found = (Quoted(source, min(known), max(known)) for source, known in days.items())
    return tuple(sorted(found, key=lambda each: each.last, reverse=True))


def ends(priced: Iterable[str]) -> tuple[str, ...]:
    """Return the first and last day of each source, in the same words: what is kept of many prices."""
    found = by_source(priced)
    return tuple(f"{q.source} {day}" for q in found for day in sorted({q.first, q.last}))


def _rank(price: Price) -> tuple[bool, date]:
    return (price.source is PriceSource.LIST, price.as_of)
