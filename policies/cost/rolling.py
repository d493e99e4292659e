"""Spans rolled up to days: each day's rows are computed again from the spans whenever these change.

Nothing is added to what was there, so the same spans always give the same rows, whoever rolls them up and how
often. Money is rounded once for each row; sums are sums of rows, so that services add up to their
environment, environments to the total and days to the month, to the millionth of a dollar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from policies.cost.prices import Prices
from policies.cost.seconds import billed, midnights, together
from policies.cost.spans import Kind, Source, Span, sharers
from policies.cost.usage import ON, UsageRow


@dataclass(frozen=True)
class Where:
    """Whose days they are: an environment's in its own ``zone``; for what several share (``a+b``) in UTC,
    whatever the zone here. ``region``: of the prices.
    """

    environment: str
    zone: tzinfo
    region: str

    @property
    def shared(self) -> bool:
        return len(sharers(self.environment)) > 1

    @property
    def clock(self) -> tzinfo:
        """The time zone whose midnights divide the days."""
        return UTC if self.shared else self.zone


def day_rows(
    where: Where, spans: Iterable[Span], *, days: Collection[date], prices: Prices, now: datetime
) -> tuple[UsageRow, ...]:
    """Return all rows of these days, in order of day, service, item and source; days and items without use
    have none. ``spans``: every span of that environment that reaches into the days, once each. Each day on
    which a task of a service ran has one more row that says for how long (``ON``); what is shared has none.
    """
    known = tuple(spans)
    rows: list[UsageRow] = []
    for day in sorted(set(days)):
        bounds = midnights(day, where.clock)
        for (service, item, source), used in sorted(_used(known, bounds, now).items()):
            price = prices.find(where.region, item)
            paid, told = (price.micros(used), price.told) if price else (None, "")
            rows.append(UsageRow(where.environment, service, day, item, used, paid, told, source))
        rows += () if where.shared else _on(where.environment, day, known, bounds, now)
    return tuple(sorted(rows, key=lambda r: (r.day, r.service, r.item, r.source)))


def _used(
    spans: Sequence[Span], bounds: tuple[datetime, datetime], now: datetime
) -> dict[tuple[str, str, Source], int]:
    start, end = bounds
    used: dict[tuple[str, str, Source], int] = defaultdict(int)
    for span in (s for s in spans if s.until > start):
        seconds = billed(span, by=end, now=now) - billed(span, by=start, now=now)
        for part in span.parts if seconds else ():
            used[span.service, part.item, span.source] += part.milli * seconds
    return {key: amount for key, amount in used.items() if amount}


def _on(
    environment: str, day: date, spans: Sequence[Span], bounds: tuple[datetime, datetime], now: datetime
) -> Iterable[UsageRow]:
    """Yield the row of how long any task ran, as certain as the least certain of its spans."""
    start, end = bounds
    ran = [
        (max(s.begin, start), min(s.until, now, end), s.source)
        for s in spans
        if s.kind is Kind.TASK and s.service and max(s.begin, start) < min(s.until, now, end)
    ]
    if ran:
        guessed = any(source is Source.INSIGHTS for _, _, source in ran)
        seconds = together((begin, until) for begin, until, _ in ran)
        source = Source.INSIGHTS if guessed else Source.SEEN
        yield UsageRow(environment, "", day, ON, seconds, None, source=source)
