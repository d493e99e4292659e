"""What environments came to in some days, as several verbs ask it: rows of the ledger, never calls to AWS."""

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
from policies.cost.gaps import Gap, gaps
from policies.cost.periods import Period, Stretch
from policies.cost.spans import Source, sharers
from policies.cost.usage import UsageRow
from policies.service.environment import Environment
from policies.times.wall import earliest

ONE_DAY = timedelta(days=1)
EVER = datetime(1970, 1, 1, tzinfo=UTC)
T = TypeVar("T")
Dates = tuple[date, date]
"""The first and the last, both among them."""


@dataclass(frozen=True)
class Spent:
    """``zones``: of each environment; ``zone``: the one all of them are in, else UTC. ``asked``: the period
    as it was typed. Rows are by environment, of what is ``shared`` by its joined name, and reach back over
    the days to compare with."""

    now: datetime
    asked: str
    stretch: Stretch
    zones: Mapping[str, tzinfo]
    rows: Mapping[str, Sequence[UsageRow]]
    watched: Mapping[str, Sequence[Watched]]
    shared: tuple[str, ...]

    @cached_property
    def zone(self) -> tzinfo:
        return common(self.zones.values())

    @property
    def names(self) -> tuple[str, ...]:
        """Environments, and what they share."""
        return (*self.zones, *self.shared)

    @cached_property
    def compared(self) -> tuple[Dates, Dates] | None:
        """Whole days alone, so not today; and as many before. ``None``: there is no whole day yet."""
        first, last, before = self.stretch.first, self.stretch.last, self.stretch.before
        if not self.stretch.so_far:
            return (first, last), before
        if first == last:
            return None
        return (first, last - ONE_DAY), (before[0], min(before[1], before[0] + (last - ONE_DAY - first)))

    def of(self, name: str, days: Dates | None = None) -> list[UsageRow]:
        """Of the period, if not of other days."""
        first, last = days or (self.stretch.first, self.stretch.last)
        return [row for row in self.rows.get(name, ()) if first <= row.day <= last]

    def known_from(self, name: str) -> datetime | None:
        """From when on everything is: the first look, or the first day that was back-filled. Before it only
        what still ran then is known. ``None``: there was no look yet."""
        rows, looks = self.rows.get(name, ()), self.watched.get(name, ())
        whole = (row.day for row in rows if not looks or row.source is Source.INSIGHTS)
        first = min(whole, default=None)
        days = [earliest(first, 0, self.zones.get(name, UTC))] if first else []
        return min([*days, *(stretch.begin for stretch in looks[:1])], default=None)

    def lengths(self, name: str) -> dict[date, int]:
        """Seconds of each day of the period that have passed since something is known of it."""
        known, zone = self.known_from(name), self.zones.get(name, UTC)
        if known is None:
            return {}
        found: dict[date, int] = {}
        for begin, end, day in _midnights(self.stretch.first, self.stretch.last, zone):
            seconds = int((min(end, self.now) - max(begin, known)).total_seconds())
            if seconds > 0:
                found[day] = seconds
        return found

    def gaps(self, name: str) -> tuple[Gap, ...]:
        """Stretches of the period in which nobody watched it."""
        zone = self.zones.get(name, UTC)
        start, end = earliest(self.stretch.first, 0, zone), earliest(self.stretch.last + ONE_DAY, 0, zone)
        return gaps(((w.begin, w.until) for w in self.watched.get(name, ())), start, end, now=self.now)


def spent(desk: Desk, environments: Sequence[Environment], asked: Period, *, services: bool) -> Spent:
    """``services``: each apart, else those of one day taken together. Raises ``PeriodError`` on a period that
    is still to come."""
    zones = {e.name: zone_named(e.time_zone) for e in environments}
    zone, ledger = common(zones.values()), desk.book.ledger
    stretch = asked.at(desk.now, zone)
    first, last = stretch.before[0], stretch.last
    everything = ledger.spans.shared(earliest(first, 0, zone))
    shared = tuple(name for name in everything if zones.keys() & set(sharers(name)))
    rows = [*(ledger.days.rows if services else ledger.days.sums)([*zones], first, last)]
    rows += ledger.days.rows(shared, first, last) if shared else ()
    watched = ledger.spans.watched([*zones], EVER)
    return Spent(
        now=desk.now,
        asked=asked.text,
        stretch=stretch,
        zones=zones,
        rows=_by(rows, lambda row: row.environment),
        watched=_by(watched, lambda stretch: stretch.environment),
        shared=shared,
    )


def common(zones: Collection[tzinfo]) -> tzinfo:
    """The zone that all have, else UTC."""
    return next(iter(zones)) if len(set(zones)) == 1 else UTC


def zone_named(name: str) -> tzinfo:
    return ZoneInfo(name)


def _midnights(first: date, last: date, zone: tzinfo) -> Iterable[tuple[datetime, datetime, date]]:
    begin = earliest(first, 0, zone)
    for number in range((last - first).days + 1):
        end = earliest(first + timedelta(days=number + 1), 0, zone)
        yield begin, end, first + timedelta(days=number)
        begin = end


def _by(found: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    sorted_out: dict[str, list[T]] = defaultdict(list)
    for each in found:
        sorted_out[key(each)].append(each)
    return dict(sorted_out)
