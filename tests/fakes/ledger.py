"""The ledger in memory: a fake of every port in ``handlers.ports.ledger``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

from handlers.ports.ledger import Ledger, Sample, Watched
from policies.cost.prices import Price
from policies.cost.sightings import Sighting
from policies.cost.spans import REMEMBERED, Span, changed_from, changes_hands, handed_over, lost, merged
from policies.cost.usage import Total, UsageRow
from tests.fakes.billing import FakeBackfills, FakeBilled
from tests.fakes.store_memory import Memory


def fake_ledger(memory: Memory) -> Ledger:
    return Ledger(
        FakeSpans(memory),
        FakeDays(memory),
        FakePrices(memory),
        FakeSightings(memory),
        FakeBilled(memory),
        FakeBackfills(memory),
    )


class FakeSpans:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def record(self, sample: Sample) -> datetime | None:
        memory = self._memory
        memory.before_call("spans.record")
        with memory.lock:
            last = self._watch(sample)
            after: dict[str, tuple[Span | None, Span]] = {}
            for seen in sample.spans:
                known, so_far = after.get(seen.id, (memory.spans.get(seen.id),) * 2)
                if so_far is not None and changes_hands(so_far, seen):
                    past, new = handed_over(so_far, seen)
                    after[past.id], known = (so_far, past), replace(so_far, begin=new.begin)
                else:
                    new = merged(so_far, seen)
                if sample.at < last and new.environment == sample.environment:
                    new = lost(new, last)
                after[seen.id] = (known, new)
            for known in list(memory.spans.values()) if sample.whole else []:
                if known.environment == sample.environment and known.id not in after:
                    after[known.id] = (known, lost(known, sample.at))
            memory.spans |= {id: new for id, (_, new) in after.items()}
            return changed_from(after.values())

    def _watch(self, sample: Sample) -> datetime:
        """Record that the environment was looked at. Return when the whole of it was last looked at; the time
        of this look if never.
        """
        name, stretches = sample.environment, self._memory.watched.get(sample.environment, [])
        if sample.whole:
            near = [s for s in stretches if s.begin - REMEMBERED <= sample.at <= s.until + REMEMBERED]
            begin = min([sample.at, *(s.begin for s in near)])
            until = max([sample.at, *(s.until for s in near)])
            rest = [s for s in stretches if s not in near]
            stretches = sorted([*rest, Watched(name, begin, until)], key=lambda s: s.begin)
            self._memory.watched[name] = stretches
        return max((s.until for s in stretches), default=sample.at)

    def overlapping(self, environment: str, start: datetime, end: datetime) -> Sequence[Span]:
        self._memory.before_call("spans.overlapping")
        found = [
            s
            for s in self._memory.spans.values()
            if s.environment == environment and s.until >= start and s.begin < end
        ]
        return sorted(found, key=lambda s: (s.begin, s.id))

    def shared(self, since: datetime) -> Sequence[str]:
        self._memory.before_call("spans.shared")
        spans = self._memory.spans.values()
        return sorted({s.environment for s in spans if "+" in s.environment and s.until > since})

    def watched(self, environments: Collection[str], since: datetime) -> Sequence[Watched]:
        self._memory.before_call("spans.watched")
        return [
            stretch
            for name in sorted(environments)
            for stretch in self._memory.watched.get(name, ())
            if stretch.until > since
        ]


class FakeDays:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def put(self, environment: str, days: Collection[date], rows: Sequence[UsageRow]) -> None:
        self._memory.before_call("days.put")
        with self._memory.lock:
            kept = [r for r in self._memory.usage if not (r.environment == environment and r.day in days)]
            self._memory.usage[:] = [*kept, *rows]

    def rows(self, environments: Collection[str], first: date, last: date) -> Sequence[UsageRow]:
        self._memory.before_call("days.rows")
        found = [r for r in self._memory.usage if r.environment in environments and first <= r.day <= last]
        return sorted(found, key=lambda r: (r.environment, r.day, r.service, r.item, r.source))

    def sums(self, environments: Collection[str], first: date, last: date) -> Sequence[UsageRow]:
        def key(row: UsageRow) -> tuple[str, date, str, str, str]:
            return (row.environment, row.day, row.item, row.source, row.priced)

        rows = sorted(self.rows(environments, first, last), key=key)
        return [_together(list(group)) for _, group in groupby(rows, key)]

    def shared(self, first: date, last: date) -> Sequence[str]:
        self._memory.before_call("days.shared")
        days = (r for r in self._memory.usage if first <= r.day <= last)
        return sorted({r.environment for r in days if "+" in r.environment})

    def totals(
        self, environments: Collection[str], first: date, last: date, *, services: bool = False
    ) -> Sequence[Total]:
        def key(row: UsageRow) -> tuple[str, str, str, str]:
            return (row.environment, row.item, row.source, row.service if services else "")

        rows = sorted(self.rows(environments, first, last), key=key)
        return [_total(list(group), service=by[3]) for by, group in groupby(rows, key)]


def _together(rows: Sequence[UsageRow]) -> UsageRow:
    priced = [r.micros for r in rows if r.micros is not None]
    return replace(
        rows[0],
        service="",
        used=sum(r.used for r in rows),
        micros=sum(priced) if priced else None,
    )


def _total(rows: Sequence[UsageRow], *, service: str) -> Total:
    first = rows[0]
    return Total(
        environment=first.environment,
        service=service,
        item=first.item,
        used=sum(row.used for row in rows),
        micros=sum(row.micros or 0 for row in rows),
        unpriced=any(row.micros is None for row in rows),
        priced=max(row.priced for row in rows),
        source=first.source,
        first=min(row.day for row in rows),
        days=len({row.day for row in rows}),
    )


class FakePrices:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def all(self) -> Sequence[Price]:
        self._memory.before_call("prices.all")
        return [self._memory.prices[key] for key in sorted(self._memory.prices)]

    def put(self, prices: Sequence[Price]) -> None:
        self._memory.before_call("prices.put")
        self._memory.prices |= {(p.region, p.item, p.as_of): p for p in prices}


class FakeSightings:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def put(self, sighting: Sighting) -> None:
        self._memory.before_call("sightings.put")
        known = self._memory.sightings.get(sighting.environment)
        older = known is not None and known.at is not None
        if older and (sighting.at is None or sighting.at < known.at):  # type: ignore[union-attr,operator]
            return
        self._memory.sightings[sighting.environment] = sighting

    def all(self) -> Mapping[str, Sighting]:
        self._memory.before_call("sightings.all")
        return dict(sorted(self._memory.sightings.items()))

    def count(self) -> int:
        self._memory.before_call("sightings.count")
        return sum(seen.at is not None for seen in self._memory.sightings.values())
