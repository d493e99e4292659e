"""A day that cost well more, or well less, than the environment's own recent weeks.

It is compared with the same weekday of the weeks before. The middle of those is their median, and their
spread the median of the distances from it, so one earlier outlier moves neither. A day is well outside beyond
3.5 of the modified z-scores of Iglewicz and Hoaglin (*How to Detect and Handle Outliers*, 1993, 3.3), and
only if it is also a quarter and a dollar off: where every week cost the same, a cent would be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from policies.cost.money import MILLION

WEEKS = 8
"""So many weeks back a day is compared with."""
FEWEST = 3
"""Same weekdays that must be known: of fewer, one outlier would be the middle."""
_SHARE = 4
"""A quarter."""
_LEAST = MILLION
_EXPLAINED = 80
"""Services are named until they explain so much of the difference, in percent."""
_HOUR = 3_600
_NAMED = 3
"""Services that are named at most."""


class ChangeKind(StrEnum):
    DEPLOYMENT = "deployment"
    SCALE = "scale"
    """It ran more or larger tasks, or fewer or smaller ones, than it does while it is on."""
    SCHEDULE = "schedule"
    KEPT_ON = "kept on"
    HOURS = "hours"
    """It was on for longer, or for less long, than it usually is."""
    NEW_SERVICE = "new service"


@dataclass(frozen=True)
class Change:
    """Something that was done on a local ``day``. ``service``: empty for one of the whole environment."""

    kind: ChangeKind
    day: date
    service: str = ""
    by: str = ""
    """Who did it, as they may be named; empty if it is not known."""


@dataclass(frozen=True)
class DayCost:
    """Micros of a whole local day by service; what has no price is not among them. ``sizes``: thousandths of
    a vCPU times seconds, by service; ``on``: seconds in which any of them ran. Both may be left out.
    ``backfilled``: it is known from Container Insights, which has tasks alone in it: such days are compared
    with one another, and with others by ``tasks``: micros of those alone, by service; ``None`` where they ran
    on Spot, which what is back-filled takes for on demand."""

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
    """What a service cost that day, and what it usually does on such a day."""

    service: str
    micros: int
    usual: int

    @property
    def change(self) -> int:
        return self.micros - self.usual


@dataclass(frozen=True)
class Anomaly:
    """``usual``: the median of ``compared`` earlier days. ``services``: those that explain most of the
    difference, the largest first. ``changes``: what was done to them that day or the day before, and what
    their use shows. ``hours``: whole ones it was usually on, and that day. ``tasks``: all of it is of tasks
    alone."""

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
    """``day``: a whole one. ``earlier``: whole days that are known; a day on which the environment was not
    watched is not among them. Where too few are known in the same way, tasks are compared by themselves.
    ``None``: it is as usual, or too little is known to say."""
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
    spread = _middle([abs(x - middle) for x in usual])  # one of a normal distribution is 0.6745 of its sigma
    apart = abs(amount - middle)
    return apart > _LEAST and apart * _SHARE > middle and apart * 6_745 > 35_000 * spread


def _explaining(day: DayCost, alike: Sequence[DayCost]) -> tuple[Share, ...]:
    """Of those that changed as the whole did."""
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
    """What their use itself shows. ``known``: services that were there on any day before; a service that runs
    on other weekdays is not new on this one."""
    usual = _middle([d.on for d in alike])
    if _other(day.on, usual) or (day.on and not usual):
        yield Change(ChangeKind.HOURS, day.day)
    for name in sorted(filter(None, named)):
        if name not in known:
            yield Change(ChangeKind.NEW_SERVICE, day.day, name)
        elif _other(_size(day, name), _middle([_size(d, name) for d in alike])):
            yield Change(ChangeKind.SCALE, day.day, name)


def _size(day: DayCost, name: str) -> int:
    """While it was on."""
    return day.sizes.get(name, 0) // day.on if day.on else 0


def _other(now: int, usual: int) -> bool:
    return now > 0 and usual > 0 and abs(now - usual) * _SHARE >= usual


def _middle(amounts: Sequence[int]) -> int:
    return int(median(amounts))
