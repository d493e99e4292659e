"""History from Container Insights, for the days before the meter saw an environment.

Container Insights knows neither Spot nor architecture (facts/ecs 7.8): everything is priced on demand and as
the service is built today, so these rows are marked ``Source.INSIGHTS`` and are less certain than the
meter's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from policies.cost.fargate import ARM, EC2, TaskSize
from policies.cost.prices import Price
from policies.cost.spans import Source
from policies.cost.usage import ON, UsageRow

QUARTER = timedelta(minutes=15)
"""No time zone's midnight lies within a quarter of an hour."""
REMEMBERED = timedelta(days=63)
"""How long CloudWatch keeps points of five minutes, from which a quarter of an hour is made (facts/ecs 7.8).
"""


@dataclass(frozen=True)
class Reserved:
    """What one service's tasks reserved in the quarter of an hour that began at ``at``: thousandths of a vCPU
    and of a GB, times seconds. ``seconds``: for how many of them any task ran.
    """

    service: str
    at: datetime
    vcpu: int
    gb: int
    seconds: int


@dataclass(frozen=True)
class History:
    """What the history is computed with. ``before``: the first local day that is not written, because the
    meter saw it. ``sizes``: as each service is built today; a service that is not listed is taken for x86 on
    Fargate. ``find``: returns the price of an item; ``None`` if none is known.
    """

    environment: str
    zone: tzinfo
    before: date
    sizes: Mapping[str, TaskSize]
    find: Callable[[str], Price | None]


def history(points: Iterable[Reserved], by: History) -> tuple[UsageRow, ...]:
    """Return the rows of each local day before ``by.before``, in order of day, service and item."""
    used: dict[tuple[date, str, str], int] = defaultdict(int)
    on: dict[datetime, int] = defaultdict(int)
    for point in points:
        day = point.at.astimezone(by.zone).date()
        if day >= by.before:
            continue
        on[point.at] = max(on[point.at], point.seconds)
        for kind, amount in (("vcpu", point.vcpu), ("gb", point.gb)):
            item = _item(kind, by.sizes.get(point.service))
            if item and amount:
                used[day, point.service, item] += amount
    for at, seconds in on.items():
        if seconds:
            used[at.astimezone(by.zone).date(), "", ON] += seconds
    return tuple(_row(by, *key, used[key]) for key in sorted(used))


def beginning(by: tzinfo, before: date, now: datetime) -> datetime:
    """Return the first local midnight from which on everything is remembered, never later than the midnight
    that begins ``before``.
    """
    oldest = (now - REMEMBERED).astimezone(by).date() + timedelta(days=1)
    return datetime.combine(min(oldest, before), time(), by)


def _item(kind: str, size: TaskSize | None) -> str:
    """Return the item; empty for what is not paid for by the task."""
    if size is None:
        return f"fargate.{kind}.x86"
    if size.bought in (EC2, "EXTERNAL"):
        return ""
    if size.system != "LINUX":
        return f"fargate.{kind}.windows"
    return f"fargate.{kind}.{'arm' if size.architecture == ARM else 'x86'}"


def _row(by: History, day: date, service: str, item: str, used: int) -> UsageRow:
    price = None if item == ON else by.find(item)
    amount = None if price is None else price.micros(used)
    return UsageRow(
        environment=by.environment,
        service=service,
        day=day,
        item=item,
        used=used,
        micros=amount,
        priced=price.told if price else "",
        source=Source.INSIGHTS,
    )
