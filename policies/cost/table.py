"""The built-in prices: AWS's list prices as they were read once, each with its day (facts/ecs 7.2, 7.10).

They serve if the Price List API was not queried or did not answer. The table holds only what two independent
readers saw alike; a price that is missing is unknown and is never taken from a neighbouring region. Spot
prices are in no list: those here are what AWS's own feed showed on one day, and have floated since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from policies.cost.prices import Price, Prices, PriceSource

OFFER = date(2026, 9, 11)
"""When the lists of ECS and of load balancers that were read were published."""
ADDRESSES = date(2026, 9, 17)
"""When the list of addresses was published."""
AURORA = date(2026, 9, 20)
"""The later of the two readings of Aurora's storage and capacity (facts/ecs 7.10)."""
CACHES = date(2026, 10, 2)
"""The date of the list in which cache nodes were read (facts/ecs 7.10)."""
READ = date(2026, 9, 28)
"""When Spot's feed and the price of NAT gateways were read."""
Usd = str
"""A price as AWS writes it."""

_X86: Mapping[str, tuple[Usd, Usd]] = {
    "ap-northeast-1": ("0.05056", "0.00553"),
    "ap-south-1": ("0.04256", "0.004655"),
    "ap-southeast-1": ("0.05056", "0.00553"),
    "ap-southeast-2": ("0.04856", "0.00532"),
    "ca-central-1": ("0.04456", "0.004865"),
    "eu-central-1": ("0.04656", "0.00511"),
    "eu-north-1": ("0.0445", "0.0049"),
    "eu-west-1": ("0.04048", "0.004445"),
    "eu-west-2": ("0.04656", "0.00511"),
    "sa-east-1": ("0.0696", "0.0076"),
    "us-east-1": ("0.04048", "0.004445"),
    "us-east-2": ("0.04048", "0.004445"),
    "us-west-2": ("0.04048", "0.004445"),
}
"""An hour of a vCPU and of a GB of memory, Linux, on demand."""
_ARM: Mapping[str, tuple[Usd, Usd]] = {
    "eu-west-1": ("0.03238", "0.00356"),
    "eu-west-2": ("0.03725", "0.00409"),
    "us-east-1": ("0.03238", "0.00356"),
}
_SPOT: Mapping[tuple[str, str], tuple[Usd, Usd]] = {
    ("eu-west-1", "x86"): ("0.01224056", "0.0013441"),
    ("eu-west-1", "arm"): ("0.00979124", "0.00107649"),
    ("us-east-1", "x86"): ("0.01288871", "0.00141527"),
    ("us-east-1", "arm"): ("0.01030969", "0.00113349"),
}
_OTHERS: Mapping[tuple[str, str], tuple[Usd, date]] = {
    ("us-east-1", "fargate.storage"): ("0.000111", OFFER),
    ("us-east-1", "fargate.vcpu.windows"): ("0.046552", OFFER),
    ("us-east-1", "fargate.gb.windows"): ("0.00511175", OFFER),
    ("us-east-1", "fargate.licence.windows"): ("0.046", OFFER),
    ("us-east-1", "elb.application"): ("0.0225", OFFER),
    ("eu-west-2", "elb.application"): ("0.02646", OFFER),
    ("us-east-1", "aurora.acu.aurora-postgresql"): ("0.12", AURORA),
    ("us-east-1", "aurora.acu.aurora-postgresql.iopt"): ("0.16", AURORA),
    ("us-east-1", "cache.cache.t3.micro.redis"): ("0.017", CACHES),
    ("us-east-1", "cache.cache.t3.small.redis"): ("0.034", CACHES),
    ("us-east-1", "cache.cache.t3.medium.redis"): ("0.068", CACHES),
    ("us-east-1", "cache.cache.t4g.micro.redis"): ("0.016", CACHES),
    ("us-east-1", "cache.cache.t4g.small.redis"): ("0.032", CACHES),
    ("us-east-1", "cache.cache.t4g.micro.valkey"): ("0.0128", CACHES),
    ("us-east-1", "nat"): ("0.045", READ),
    ("eu-west-2", "nat"): ("0.05", READ),
}
_MONTHLY: Mapping[tuple[str, str], tuple[Usd, date]] = {
    ("us-east-1", "rds.storage.aurora"): ("0.10", AURORA),
    ("us-east-1", "rds.storage.aurora-iopt1"): ("0.225", AURORA),
}
"""Prices by the month, not by the hour."""
_ADDRESS: Usd = "0.005"
"""The same in every region."""


def _all() -> Iterator[Price]:
    for region, (vcpu, gb) in _X86.items():
        yield _price(region, "fargate.vcpu.x86", vcpu, OFFER)
        yield _price(region, "fargate.gb.x86", gb, OFFER)
        yield _price(region, "ipv4", _ADDRESS, ADDRESSES)
    for region, (vcpu, gb) in _ARM.items():
        yield _price(region, "fargate.vcpu.arm", vcpu, OFFER)
        yield _price(region, "fargate.gb.arm", gb, OFFER)
    for (region, architecture), (vcpu, gb) in _SPOT.items():
        yield _price(region, f"spot.vcpu.{architecture}", vcpu, READ)
        yield _price(region, f"spot.gb.{architecture}", gb, READ)
    for (region, item), (usd, day) in _OTHERS.items():
        yield _price(region, item, usd, day)
    for (region, item), (usd, day) in _MONTHLY.items():
        yield replace(_price(region, item, usd, day), per="month")


def _price(region: str, item: str, usd: Usd, day: date) -> Price:
    return Price(region, item, Decimal(usd), day, PriceSource.TABLE)


TABLE = Prices.of(_all())
