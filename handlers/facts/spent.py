"""What environments cost over some days, for several verbs: rows of the ledger, never calls to AWS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from handlers.ports.desk import Desk
from handlers.ports.ledger import Watched
from policies.cost.gaps import Gap, gaps, together
from policies.cost.periods import Period, Stretch
from policies.cost.prices import floats
from policies.cost.spans import Source, sharers
from policies.cost.statement import Group, group
from policies.cost.usage import Total
from policies.service.environment import Environment
from policies.times.wall import earliest

ONE_DAY = timedelta(days=1)
EVER = datetime(1970, 1, 1, tzinfo=UTC)
T = TypeVar("T")


@dataclass(frozen=True)
class Window:
    """What each environment cost over some days; what several share is under their joined name."""

    first: date
    last: date
    totals: Mapping[str, Sequence[Total]]

    def of(self, *names: str) -> list[Total]:
        return [each for name in names for each in self.totals.get(name, ())]


@dataclass(frozen=True)
class Spent:
    """What a period cost. ``zones``: of each environment; ``zone``: the zone common to all of them, else UTC.
    ``period``: as it was typed. ``before``: as many days before as there are whole days in the period (all
    but ``today``); ``None`` if there is no whole day yet.
    """

    now: datetime
    period: str
    stretch: Stretch
    zones: Mapping[str, tzinfo]
    watched: Mapping[str, Sequence[Watched]]
    shared: tuple[str, ...]
    asked: Window
    today: Window | None
    before: Window | None

    @cached_property
    def zone(self) -> tzinfo:
        return common(self.zones.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The environments, and what they share."""
        return (*self.zones, *self.shared)

    def compared(self, *names: str, tasks: bool = False) -> tuple[int, int]:
        """Return the micros of the whole days and of the days before; of tasks alone, or of everything."""
        sums = [_micros(window, names, tasks=tasks) for window in (self.asked, self.today, self.before)]
        return sums[0] - sums[1], sums[2]

    def comparable(self, name: str) -> bool:
        """Return whether all of the days before is known, at least for tasks: back-filling counts Spot as on
        demand.

        What several environments share is comparable if each of them is.
        """
        if self.before is None:
            return False
        if name not in self.zones:
            return all(self.comparable(each) for each in sharers(name) if each in self.zones)
        known = self.known_from(name)
        if known is None or known > earliest(self.before.first, 0, self.zone):
            return False
        return self.alike(name) or not any(floats(t.item) for t in (*self._whole(name), *self._then(name)))

    def alike(self, name: str) -> bool:
        """Return whether the whole days and the days before have the same source: back-filled days have tasks
        alone, so next to them everything else would look new.
        """
        now, then = ({each.source for each in found} for found in (self._whole(name), self._then(name)))
        return not now or not then or (now == then and len(now) == 1)

    def _whole(self, name: str) -> list[Total]:
        return [t for t in self.asked.of(name) if not self.today or t.first < self.asked.last]

    def _then(self, name: str) -> list[Total]:
        return self.before.of(name) if self.before else []

    def whole_from(self, name: str) -> date:
        """Return the first UTC day for which everything is known; ``date.max`` if there is none."""
        known = self.known_from(name)
        if known is None:
            return date.max
        day = known.astimezone(UTC).date()
        return day if known <= earliest(day, 0, UTC) else day + ONE_DAY

    def known_from(self, name: str) -> datetime | None:
        """Return from when on everything is known: the first look, or the first back-filled day. Of the time
        before, only what was still running at the first look is known. ``None`` if there was no look yet.
        """
        looks = self.watched.get(name, ())
        windows = (self.asked, self.before) if self.before else (self.asked,)
        days = [
            each.first
            for window in windows
            for each in window.of(name)
            if not looks or each.source is Source.INSIGHTS
        ]
        begun = [stretch.begin for stretch in looks[:1]]
        return min([*begun, *(earliest(day, 0, self.zones.get(name, UTC)) for day in days)], default=None)

    def passed(self, name: str) -> int:
        """Return how many seconds of the period are over and fully known."""
        known = self.known_from(name)
        start, end = self._bounds(name)
        return max(0, int((min(end, self.now) - max(start, known)).total_seconds())) if known else 0

    def gaps(self, name: str, window: Window | None = None) -> tuple[Gap, ...]:
        """Return the stretches of the period, or of another window, in which nobody watched it."""
        start, end = self._bounds(name, window)
        return gaps(((w.begin, w.until) for w in self.watched.get(name, ())), start, end, now=self.now)

    def unwatched_before(self, names: Collection[str]) -> timedelta:
        """Return for how long, during the days before, at least one of these was not watched."""
        if self.before is None:
            return timedelta(0)
        start, end = self._bounds("", self.before)
        found = together({name: self.gaps(name, self.before) for name in names if name in self.zones})
        lengths = (min(end, each.gap.until or end) - max(start, each.gap.begin) for each in found)
        return sum(lengths, timedelta(0))

    def _bounds(self, name: str, window: Window | None = None) -> tuple[datetime, datetime]:
        zone, days = self.zones.get(name, self.zone), window or self.asked
        return earliest(days.first, 0, zone), earliest(days.last + ONE_DAY, 0, zone)


def spent(desk: Desk, environments: Sequence[Environment], period: Period, *, services: bool) -> Spent:
    """Return what these environments cost in a period. ``services``: list each service separately, else sum
    up each environment; what is shared is always listed by service.

    Raises ``PeriodError`` on a period that has not begun.
    """
    zones = {e.name: zone_named(e.time_zone) for e in environments}
    zone, ledger = common(zones.values()), desk.book.ledger
    stretch = period.at(desk.now, zone)
    everything = ledger.days.shared(stretch.before[0], stretch.last)
    shared = tuple(name for name in everything if zones.keys() & set(sharers(name)))

    def window(first: date, last: date) -> Window:
        own = ledger.days.totals([*zones], first, last, services=services)
        ours = ledger.days.totals(shared, first, last, services=True) if shared else ()
        return Window(first, last, _by([*own, *ours], lambda each: each.environment))

    asked, before = window(stretch.first, stretch.last), _before(stretch)
    return Spent(
        now=desk.now,
        period=period.text,
        stretch=stretch,
        zones=zones,
        watched=_by(ledger.spans.watched([*zones], EVER), lambda stretch: stretch.environment),
        shared=shared,
        asked=asked,
        today=window(stretch.last, stretch.last) if stretch.so_far else None,
        before=window(*before) if before else None,
    )


def _before(stretch: Stretch) -> tuple[date, date] | None:
    first, last, before = stretch.first, stretch.last, stretch.before
    if not stretch.so_far:
        return before
    whole = (last - first).days
    return (before[0], min(before[1], before[0] + timedelta(days=whole - 1))) if whole else None


def common(zones: Collection[tzinfo]) -> tzinfo:
    """Return the zone that all have in common, else UTC."""
    return next(iter(zones)) if len(set(zones)) == 1 else UTC


def zone_named(name: str) -> tzinfo:
    return ZoneInfo(name)


def _micros(window: Window | None, names: Sequence[str], *, tasks: bool) -> int:
    found = window.of(*names) if window else ()
    return sum(each.micros for each in found if not tasks or group(each.item) is Group.TASKS)


def _by(found: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    sorted_out: dict[str, list[T]] = defaultdict(list)
    for each in found:
        sorted_out[key(each)].append(each)
    return dict(sorted_out)
