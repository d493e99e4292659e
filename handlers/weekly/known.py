"""What the sections of a week's digest are all made of, each part read once and only if it is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from handlers.ports.desk import Desk
from policies.cost.spans import sharers
from policies.cost.usage import UsageRow
from policies.service.environment import Environment
from policies.times.wall import earliest
from policies.times.weeks import Week

WEEKS = 5
"""Up to the one told of: four side by side, and four before each of its days."""


class Known:
    """Of these environments and what only they share. Each part may raise ``Trouble``."""

    def __init__(self, desk: Desk, environments: Sequence[Environment], week: Week) -> None:
        self.desk, self.environments, self.week = desk, environments, week
        self.names = frozenset(e.name for e in environments)
        self.spans = {e.name: span(e, week) for e in environments}

    @cached_property
    def shares(self) -> Mapping[str, frozenset[str]]:
        """What any environments share, and which they are."""
        names = self.desk.book.ledger.days.shared(self.week.back(WEEKS)[0].first, self.week.last)
        return {name: frozenset(sharers(name)) for name in names}

    @cached_property
    def rows(self) -> Mapping[str, Sequence[UsageRow]]:
        """Each day's services taken together, by environment and by what only these share."""
        inside = [name for name, among in self.shares.items() if among <= self.names]
        first, found = self.week.back(WEEKS)[0].first, defaultdict[str, list[UsageRow]](list)
        for row in self.desk.book.ledger.days.sums([*self.names, *inside], first, self.week.last):
            found[row.environment].append(row)
        return found

    @cached_property
    def watched(self) -> frozenset[str]:
        """Those that were looked at all through the week."""
        if not self.spans:
            return frozenset()
        since = min(start for start, _ in self.spans.values())
        stretches = self.desk.book.ledger.spans.watched(list(self.spans), since)
        return frozenset(
            s.environment
            for s in stretches
            if s.begin <= self.spans[s.environment][0] and s.until >= self.spans[s.environment][1]
        )


def span(environment: Environment, week: Week) -> tuple[datetime, datetime]:
    """The week in its own zone: a week in which clocks change is an hour longer or shorter."""
    zone = ZoneInfo(environment.time_zone)
    return earliest(week.first, 0, zone), earliest(week.after.first, 0, zone)
