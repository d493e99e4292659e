"""What the payer account knows: which tags are active, what each request to Cost Explorer costs, and every
line of the bill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from playground.aws.billing_lines import Line, cache_lines, database_lines, standing_lines, task_lines
from playground.aws.fleet import Fleet

REQUEST_USD = Decimal("0.01")
"""The price of each request (facts/ecs 7.7); each page is a request."""
BEHIND = timedelta(hours=10)
"""How late usage arrives in the bill; on AWS the bill is refreshed at least once a day (facts/ecs 7.7)."""
OURS = "aws:"


@dataclass
class Allocation:
    """A cost allocation tag, inactive if ``since`` is ``None``. Usage before ``since`` carries the tag only
    after a back-fill.
    """

    key: str
    since: datetime | None
    changed: datetime


@dataclass
class Billing:
    """The payer's bill; hold the fleet's lock.

    ``page`` is the most groups or periods on one page, ``credit`` the USD that are deducted each day.
    """

    fleet: Fleet
    tags: dict[str, Allocation] = field(default_factory=dict)
    requests: int = 0
    page: int = 1000
    credit: Decimal = Decimal(0)

    def activate(self, key: str, *, active: bool, days: int = 0) -> Allocation:
        """Activate or deactivate a tag; ``days`` is how many days the back-fill reaches."""
        now = self.fleet.moment.at
        since = now - timedelta(days=days) if active else None
        self.tags[key] = Allocation(key, since, now)
        return self.tags[key]

    def known(self) -> dict[str, Allocation]:
        """Return every key that any line has, active or not."""
        now = self.fleet.moment.at
        seen = {key for line in self._all() for key in line.tags}
        return {
            key: self.tags.get(key) or Allocation(key, None, now) for key in sorted(seen | set(self.tags))
        }

    def lines(self, begin: date, end: date) -> list[Line]:
        """Return the lines from ``begin`` up to but not including ``end``, with the tags that were active
        then, summed by everything a caller can filter by.
        """
        sums: dict[tuple[object, ...], list[Line]] = defaultdict(list)
        for line in self._all():
            if begin <= line.day < end:
                told = replace(line, tags=self._active(line))
                tags = tuple(sorted(told.tags.items()))
                sums[(line.day, line.service, line.usage, line.record, tags)].append(told)
        return [_summed(rows) for _, rows in sorted(sums.items())]

    def estimated(self, day: date) -> bool:
        """Return whether that day's figure is not final yet; we count today and yesterday as estimates."""
        return day >= self.fleet.moment.at.astimezone(UTC).date() - timedelta(days=1)

    def until(self, seen: datetime) -> Iterator[Line]:
        """Yield everything used until then, with all its tags."""
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
