"""Spans and prices for the tests of the cost rules: sizes as AWS sells them, prices as facts/ecs 7.2 has
them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from policies.cost.prices import Price, Prices, PriceSource
from policies.cost.spans import Kind, Part, Source, Span

US, READ = "us-east-1", date(2026, 9, 11)
PRICES = Prices.of(
    Price(US, item, Decimal(usd), READ, PriceSource.TABLE, per="month" if item.endswith("gp3") else "hour")
    for item, usd in {
        "fargate.vcpu.x86": "0.04048",
        "fargate.gb.x86": "0.004445",
        "fargate.vcpu.arm": "0.03238",
        "fargate.gb.arm": "0.00356",
        "fargate.storage": "0.000111",
        "fargate.vcpu.windows": "0.046552",
        "fargate.gb.windows": "0.00511175",
        "fargate.licence.windows": "0.046",
        "spot.vcpu.x86": "0.01288871",
        "spot.gb.x86": "0.00141527",
        "rds.storage.gp3": "0.115",
        "elb.application": "0.0225",
        "ipv4": "0.005",
    }.items()
)  # fmt: skip


def utc(text: str) -> datetime:
    """``2026-11-03 08:00:59.5``"""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def size(milli_vcpu: int, milli_gb: int, of: str = "x86", bought: str = "fargate") -> tuple[Part, ...]:
    """Return a task's parts as the meter writes them: for Windows with the licence for each vCPU."""
    parts = (Part(f"{bought}.vcpu.{of}", milli_vcpu), Part(f"{bought}.gb.{of}", milli_gb))
    return (*parts, Part("fargate.licence.windows", milli_vcpu)) if of == "windows" else parts


SMALL = size(250, 500)


def task(
    begin: str, until: str, parts: tuple[Part, ...] = SMALL, *, service: str = "web", minimum: int = 60
) -> Span:
    """Return the span of a task that has ended."""
    return Span(
        f"arn:{service}/{begin}/{until}",
        "staging",
        service,
        Kind.TASK,
        parts,
        utc(begin),
        utc(until),
        ended=True,
        minimum=minimum,
        source=Source.SEEN,
    )
