"""What the payer account knows: tags that are active, what each look at the bill costs, and all its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from playground.aws.billing_lines import Line, cache_lines, database_lines, standing_lines, task_lines
from playground.aws.fleet import Fleet

REQUEST_USD = Decimal("0.01")
"""facts/ecs 7.7: of each request, and each page is one."""
BEHIND = timedelta(hours=10)
"""How late usage arrives in the bill; on AWS it is refreshed at least once a day (facts/ecs 7.7)."""
OURS = "aws:"


@dataclass
class Allocation:
    """A cost allocation tag. Usage before ``since`` has it only after a back-fill; ``None``: inactive."""

    key: str
    since: datetime | None
    changed: datetime


@dataclass
class Billing:
    """Hold the fleet's lock. ``page``: groups and days on one page. ``credit``: USD a day taken off."""

    fleet: Fleet
    tags: dict[str, Allocation] = field(default_factory=dict)
    requests: int = 0
    page: int = 1000
    credit: Decimal = Decimal(0)

    def activate(self, key: str, *, active: bool, days: int = 0) -> Allocation:
        """``days``: with a back-fill of so many."""
        now = self.fleet.moment.at
        since = now - timedelta(days=days) if active else None
        self.tags[key] = Allocation(key, since, now)
        return self.tags[key]

    def known(self) -> dict[str, Allocation]:
        """Every key that any line has, active or not."""
        now = self.fleet.moment.at
        seen = {key for line in self._all() for key in line.tags}
        return {
            key: self.tags.get(key) or Allocation(key, None, now) for key in sorted(seen | set(self.tags))
        }

    def lines(self, begin: date, end: date) -> list[Line]:
        """Of the days from ``begin`` up to and without ``end``, with the tags that were active then, summed
        by everything they can be asked for."""
        sums: dict[tuple[object, ...], list[Line]] = defaultdict(list)
        for line in self._all():
            if begin <= line.day < end:
                told = replace(line, tags=self._active(line))
                tags = tuple(sorted(told.tags.items()))
                sums[(line.day, line.service, line.usage, line.record, tags)].append(told)
        return [_summed(rows) for _, rows in sorted(sums.items())]

    def estimated(self, day: date) -> bool:
        """Is that day's figure not final? Ours: of today and yesterday."""
        return day >= self.fleet.moment.at.astimezone(UTC).date() - timedelta(days=1)

    def until(self, seen: datetime) -> Iterator[Line]:
        """What was used until then, with all its tags."""
        history = self.fleet.history
        yield from task_lines((s for s in history.stays() if s.begin.at < seen), seen)
        yield from standing_lines(history, seen)
        yield from database_lines(self.fleet.databases.rows.values(), seen)
        yield from cache_lines(self.fleet.caches.rows.values(), seen)

    def _all(self) -> Iterator[Line]:
        seen = self.fleet.moment.at - BEHIND
        yield from self.until(seen)
        if self.credit:
            begun = (stay.begin.at for stay in self.fleet.history.stays())
            first = min(begun, default=seen).astimezone(UTC).date()
            for number in range((seen.astimezone(UTC).date() - first).days + 1):
                day = first + timedelta(days=number)
                yield Line(
                    day, "AWS Promotional Credits", "Credit", -self.credit, Decimal(1), record="Credit"
                )

    def _active(self, line: Line) -> dict[str, str]:
        return {
            key: value
            for key, value in line.tags.items()
            if (held := self.tags.get(key)) and held.since and held.since.astimezone(UTC).date() <= line.day
        }


def _summed(rows: list[Line]) -> Line:
    usd, quantity = (sum((getattr(row, name) for row in rows), Decimal()) for name in ("usd", "quantity"))
    return replace(rows[0], usd=usd, quantity=quantity)
