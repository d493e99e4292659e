"""Reads what the sections of a weekly digest are all made of. Each part is read once, and only if needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from handlers.ports.desk import Desk
from handlers.ports.ledger import Watched
from policies.cost.gaps import gaps
from policies.cost.spans import REMEMBERED, sharers
from policies.cost.usage import UsageRow
from policies.service.environment import Environment
from policies.times.wall import earliest
from policies.times.weeks import Week

WEEKS = 5
"""The number of weeks up to the one that is told of: four next to each other, and four before each of its
days.
"""


class Known:
    """The data of these environments, and of what only they share. Reading a part may raise ``Trouble``."""

    def __init__(self, desk: Desk, environments: Sequence[Environment], week: Week) -> None:
        self.desk, self.environments, self.week = desk, environments, week
        self.names = frozenset(e.name for e in environments)

    @cached_property
    def zones(self) -> Mapping[str, ZoneInfo]:
        return {e.name: ZoneInfo(e.time_zone) for e in self.environments}

    @cached_property
    def spans(self) -> Mapping[str, tuple[datetime, datetime]]:
        return {e.name: span(e, self.week) for e in self.environments}

    @cached_property
    def shares(self) -> Mapping[str, frozenset[str]]:
        """What any environments share, with the environments that share it."""
        names = self.desk.book.ledger.days.shared(self.week.back(WEEKS)[0].first, self.week.last)
        return {name: frozenset(sharers(name)) for name in names}

    @cached_property
    def rows(self) -> Mapping[str, Sequence[UsageRow]]:
        """The sums of each day over all services, by environment and by what only these share."""
        inside = [name for name, among in self.shares.items() if among <= self.names]
        first, found = self.week.back(WEEKS)[0].first, defaultdict[str, list[UsageRow]](list)
        for row in self.desk.book.ledger.days.sums([*self.names, *inside], first, self.week.last):
            found[row.environment].append(row)
        return found

    @cached_property
    def stretches(self) -> Mapping[str, Sequence[Watched]]:
        """When each environment was watched, as far as that reaches into these weeks. A stretch that goes on
        counts up to now: its next look is still to come, and nothing is lost.
        """
        found, now = defaultdict[str, list[Watched]](list), self.desk.now
        since = datetime.combine(self.week.back(WEEKS)[0].first, time(), UTC) - timedelta(days=1)
        for stretch in self.desk.book.ledger.spans.watched(list(self.spans), since):
            goes_on = stretch.until < now <= stretch.until + REMEMBERED
            found[stretch.environment].append(replace(stretch, until=now) if goes_on else stretch)
        return found

    @cached_property
    def watched(self) -> frozenset[str]:
        """The environments that were watched throughout the week."""
        return self.looked_at(self.week)

    def looked_at(self, week: Week) -> frozenset[str]:
        """Return the environments that were watched throughout one of these weeks."""
        bounds = {e.name: span(e, week) for e in self.environments}
        return frozenset(
            name
            for name, (start, end) in bounds.items()
            if any(s.begin <= start and s.until >= end for s in self.stretches.get(name, ()))
        )

    def torn(self, week: Week) -> frozenset[str]:
        """Return the environments that are known to have gone unwatched for a while in one of these weeks."""
        bounds = {e.name: span(e, week) for e in self.environments}
        return frozenset(
            name
            for name, (start, end) in bounds.items()
            if gaps(((s.begin, s.until) for s in self.stretches.get(name, ())), start, end, now=self.desk.now)
        )

    def whole_days(self, environment: Environment) -> frozenset[date]:
        """Return the environment's local days, in these weeks, throughout which it was watched."""
        zone, first = ZoneInfo(environment.time_zone), self.week.back(WEEKS)[0].first
        return frozenset(
            day
            for stretch in self.stretches.get(environment.name, ())
            for day in _whole_days(stretch, zone)
            if first <= day <= self.week.last
        )


def _whole_days(stretch: Watched, zone: ZoneInfo) -> Iterator[date]:
    begin, end = stretch.begin.astimezone(zone).date(), stretch.until.astimezone(zone).date()
    if earliest(begin, 0, zone) < stretch.begin:
        begin += timedelta(days=1)
    for number in range((end - begin).days):
        yield begin + timedelta(days=number)


def span(environment: Environment, week: Week) -> tuple[datetime, datetime]:
    """Return the week in the environment's own zone. A week in which clocks change is an hour longer or
    shorter.
    """
    zone = ZoneInfo(environment.time_zone)
    return earliest(week.first, 0, zone), earliest(week.after.first, 0, zone)
