"""Finds a day that cost far more, or far less, than the environment's own recent weeks.

The day is compared with the same weekday of the weeks before. The centre of those is their median, and their
spread is the median of the distances from it, so that one earlier outlier moves neither. A day is an outlier
beyond 3.5 of the modified z-scores of Iglewicz and Hoaglin (*How to Detect and Handle Outliers*, 1993, 3.3),
and only if it also differs by a quarter and by a dollar: otherwise, where every week cost the same, a cent
would be an outlier.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from policies.cost.money import MILLION

WEEKS = 8
"""How many weeks back a day is compared with."""
FEWEST = 3
"""How many earlier same weekdays must be known: with fewer, one outlier would be the median."""
_SHARE = 4
"""The divisor of the least relative difference: a quarter."""
_LEAST = MILLION
_EXPLAINED = 80
"""Services are named until they explain this much of the difference, in percent."""
_HOUR = 3_600
_NAMED = 3
"""How many services are named at most."""


class ChangeKind(StrEnum):
    DEPLOYMENT = "deployment"
    SCALE = "scale"
    """It ran more or larger tasks, or fewer or smaller ones, than it usually does while it is on."""
    SCHEDULE = "schedule"
    KEPT_ON = "kept on"
    HOURS = "hours"
    """The environment was on for longer, or for less long, than usual."""
    NEW_SERVICE = "new service"


@dataclass(frozen=True)
class Change:
    """Something that was done on a local ``day``. ``service``: empty for the whole environment."""

    kind: ChangeKind
    day: date
    service: str = ""
    by: str = ""
    """The name under which whoever did it may be shown; empty if unknown."""


@dataclass(frozen=True)
class DayCost:
    """Micros of a whole local day by service, without what has no price. ``sizes``: thousandths of a vCPU
    times seconds, by service. ``on``: seconds in which any service ran. Both may be left out.

    ``backfilled``: the day is known from Container Insights, which contains only tasks. Such days are
    compared with one another, and with other days by ``tasks``: micros of tasks only, by service; ``None`` if
    any ran on Spot, which the back-fill takes for on demand.
    """

    day: date
    services: Mapping[str, int]
    sizes: Mapping[str, int] = field(default_factory=dict)
    on: int = 0
    backfilled: bool = False
    tasks: Mapping[str, int] | None = None

    @property
    def micros(self) -> int:
        return sum(self.services.values())

    @property
    def by_tasks(self) -> DayCost | None:
        return None if self.tasks is None else replace(self, services=self.tasks, backfilled=False)


@dataclass(frozen=True)
class Share:
    """What a service cost that day, and what it usually costs on such a day."""

    service: str
    micros: int
    usual: int

    @property
    def change(self) -> int:
        return self.micros - self.usual


@dataclass(frozen=True)
class Anomaly:
    """A day that is an outlier. ``usual``: the median of ``compared`` earlier days. ``services``: those that
    explain most of the difference, the largest first. ``changes``: what was done to them that day or the day
    before, and what their use shows. ``hours``: for how many whole hours it is usually on, and was on that
    day. ``tasks``: all figures are of tasks only.
    """

    day: date
    micros: int
    usual: int
    compared: int
    services: tuple[Share, ...]
    changes: tuple[Change, ...]
    hours: tuple[int, int] = (0, 0)
    tasks: bool = False

    @property
    def change(self) -> int:
        return self.micros - self.usual


def anomaly(day: DayCost, earlier: Iterable[DayCost], changes: Iterable[Change] = ()) -> Anomaly | None:
    """Return how the day differs; ``None`` if the day is as usual, or too little is known to tell. ``day``: a
    whole day. ``earlier``: whole days that are known; days on which the environment was not watched are left
    out. If too few days are known in the same way, tasks are compared by themselves.
    """
    known = [d for d in earlier if d.day < day.day]
    same = [d for d in known if d.backfilled is day.backfilled]
    if sum(_compares(d.day, day.day) for d in same) >= FEWEST or day.by_tasks is None:
        return _anomaly(day, same, changes)
    found = _anomaly(day.by_tasks, [tasks for d in known if (tasks := d.by_tasks)], changes)
    return found and replace(found, tasks=True)


def _anomaly(day: DayCost, earlier: Sequence[DayCost], changes: Iterable[Change]) -> Anomaly | None:
    alike = [d for d in earlier if _compares(d.day, day.day)]
    totals = [d.micros for d in alike]
    if len(alike) < FEWEST or not _outside(day.micros, totals):
        return None
    services = _explaining(day, alike)
    named = {share.service for share in services}
    lately = (c for c in changes if timedelta(0) <= day.day - c.day <= timedelta(days=1))
    causes = [c for c in lately if not c.service or c.service in named]
    told = {(c.kind, c.service) for c in causes}
    known = {name for d in earlier for name, micros in d.services.items() if micros}
    causes += [c for c in _shown(day, alike, named, known=known) if (c.kind, c.service) not in told]
    hours = (_middle([d.on for d in alike]) // _HOUR, day.on // _HOUR)
    return Anomaly(day.day, day.micros, _middle(totals), len(alike), services, tuple(causes), hours)


def _compares(earlier: date, day: date) -> bool:
    apart = (day - earlier).days
    return 0 < apart <= 7 * WEEKS and apart % 7 == 0


def _outside(amount: int, usual: Sequence[int]) -> bool:
    middle = _middle(usual)
    spread = _middle([abs(x - middle) for x in usual])  # of a normal distribution: 0.6745 sigma
    apart = abs(amount - middle)
    return apart > _LEAST and apart * _SHARE > middle and apart * 6_745 > 35_000 * spread


def _explaining(day: DayCost, alike: Sequence[DayCost]) -> tuple[Share, ...]:
    """Return the services that changed in the same direction as the whole."""
    names = {name for d in (day, *alike) for name in d.services}
    shares = [
        Share(name, day.services.get(name, 0), _middle([d.services.get(name, 0) for d in alike]))
        for name in sorted(names)
    ]
    whole = day.micros - _middle([d.micros for d in alike])
    same = sorted((s for s in shares if s.change * whole > 0), key=lambda s: (-abs(s.change), s.service))
    found, explained = 0, 0
    while found < min(len(same), _NAMED) and explained * 100 < _EXPLAINED * abs(whole):
        explained += abs(same[found].change)
        found += 1
    return tuple(same[:found])


def _shown(
    day: DayCost, alike: Sequence[DayCost], named: Iterable[str], *, known: Collection[str]
) -> Iterator[Change]:
    """Yield the changes that the use itself shows. ``known``: services that were there on any earlier day; a
    service that runs on other weekdays is not new on this one.
    """
    usual = _middle([d.on for d in alike])
    if _other(day.on, usual) or (day.on and not usual):
        yield Change(ChangeKind.HOURS, day.day)
    for name in sorted(filter(None, named)):
        if name not in known:
            yield Change(ChangeKind.NEW_SERVICE, day.day, name)
        elif _other(_size(day, name), _middle([_size(d, name) for d in alike])):
            yield Change(ChangeKind.SCALE, day.day, name)


def _size(day: DayCost, name: str) -> int:
    """Return the average size of the service while the environment was on."""
    return day.sizes.get(name, 0) // day.on if day.on else 0


def _other(now: int, usual: int) -> bool:
    return now > 0 and usual > 0 and abs(now - usual) * _SHARE >= usual


def _middle(amounts: Sequence[int]) -> int:
    return int(median(amounts))
