"""What existed in the world, for the services that look back: Cost Explorer, CloudWatch, Compute Optimizer.

The meter counts the tasks since the world began. Orders state the past before that: it is computed and never
lived through, so four weeks cost no time at the start.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playground.aws.meter import Meter, Stay
from playground.clock import ZONE

Window = tuple[datetime, datetime]


@dataclass
class Standing:
    """A resource priced by the hour while it exists: a load balancer, an address, a volume.

    ``service`` is the name in Cost Explorer, ``usd`` the hourly price as a decimal string.
    """

    id: str
    service: str
    usage: str
    usd: str
    begin: datetime
    tags: dict[str, str] = field(default_factory=dict)
    end: datetime | None = None


class History:
    """The past of every task and standing resource; hold the fleet's lock."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._past: dict[tuple[str, str], list[Stay]] = {}
        self.standing: dict[str, Standing] = {}

    def stays(self) -> Iterator[Stay]:
        """Yield every task that ever existed, in no particular order."""
        for stays in self._past.values():
            yield from stays
        yield from self._meter.stays.values()

    def of(self, cluster: str, service: str) -> list[Stay]:
        return [*self._past.get((cluster, service), ()), *self._meter.of(cluster, service)]

    def add(self, stay: Stay) -> None:
        """Add a task that ran before the world began."""
        self._past.setdefault((stay.cluster, stay.service), []).append(stay)

    def since(self, cluster: str, service: str) -> datetime | None:
        """Return when the first of the service's tasks that really lived began; ``None`` if none did."""
        return min((stay.begin.at for stay in self._meter.of(cluster, service)), default=None)

    def forget(self, cluster: str, at: datetime) -> None:
        """End everything that stands for that cluster alone."""
        for row in self.standing.values():
            if row.id.startswith(f"{cluster}/") and row.end is None:
                row.end = at


def office_hours(begin: datetime, end: datetime, zone: ZoneInfo = ZONE) -> Iterator[Window]:
    """Yield Mon-Fri 08:00-20:00 between two instants, the hours of staging's schedule."""
    day = begin.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        opens, closes = _at(day, time(8), zone), _at(day, time(20), zone)
        if day.weekday() < 5 and closes > begin and opens < end:
            yield max(opens, begin), min(closes, end)
        day += timedelta(days=1)


def nights(begin: datetime, end: datetime, zone: ZoneInfo = ZONE) -> Iterator[Window]:
    """Yield the windows between office hours, until ``end``."""
    last = begin
    for opens, closes in office_hours(begin, end, zone):
        if opens > last:
            yield last, opens
        last = closes
    if last < end:
        yield last, end


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone)
