"""Spans rolled up to days: what is kept of each day, made anew from the spans whenever they change.

Nothing is added to what was there, so the same spans always give the same rows, whoever rolls them up and
how often. Money is rounded once for each row; sums are sums of rows, so that services add up to their
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
    """Whose days they are: an environment's in its own ``zone``; of what several share (``a+b``) they are
    UTC's, whatever the zone here. ``region``: of the prices."""

    environment: str
    zone: tzinfo
    region: str

    @property
    def shared(self) -> bool:
        return len(sharers(self.environment)) > 1

    @property
    def clock(self) -> tzinfo:
        """The zone whose midnights part its days."""
        return UTC if self.shared else self.zone


def day_rows(
    where: Where, spans: Iterable[Span], *, days: Collection[date], prices: Prices, now: datetime
) -> tuple[UsageRow, ...]:
    """All rows of these days, in order of day, service, item and source; days and items that nothing was used
    of have none. ``spans``: every one of that environment that reaches into them, once each. Of each day on
    which a task of a service ran, one more row says for how long (``ON``); of what is shared, none does."""
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
    """As certain as the least certain of what it is made of."""
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
