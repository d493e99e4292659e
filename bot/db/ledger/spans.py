"""Spans, and the time that was watched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import spans, watched
from handlers.ports.ledger import Sample, Watched
from policies.cost.spans import REMEMBERED, Kind, Part, Source, Span, changed_from, lost, merged

MOST = 500
"""Ids in one statement: SQLite takes 32,766 values, PostgreSQL 65,535."""


class SqlSpans:
    """``handlers.ports.ledger.Spans``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, sample: Sample) -> datetime | None:
        with self._store.step_transaction() as connection:
            self._watch(connection, sample)
            known = _known(connection, sample)
            pairs = [(known.get(s.id), s) for s in sample.spans]
            after = {seen.id: (before, merged(before, seen)) for before, seen in pairs}
            if sample.whole:
                gone = (
                    s for s in known.values() if s.id not in after and s.environment == sample.environment
                )
                after |= {span.id: (span, lost(span, sample.at)) for span in gone}
            put(connection, spans, [_row(new) for old, new in after.values() if new != old])
        return changed_from(after.values())

    def _watch(self, connection: Connection, sample: Sample) -> None:
        """One row for each stretch: the newest that is near enough is drawn out."""
        if not sample.whole:
            return
        of_it = watched.c.environment == sample.environment
        last = select(watched).where(of_it).order_by(watched.c.begin.desc()).limit(1)
        row = connection.execute(last).one_or_none()
        begin, until = sample.at, sample.at
        if row is not None and sample.at <= row.until + REMEMBERED:
            begin, until = row.begin, max(row.until, sample.at)
        if row is None or (begin, until) != (row.begin, row.until):
            put(
                connection,
                watched,
                [{"environment": sample.environment, "begin": begin, "until": until}],
            )

    def overlapping(self, environment: str, start: datetime, end: datetime) -> Sequence[Span]:
        query = (
            select(spans)
            .where(spans.c.environment == environment, spans.c.until >= start, spans.c.begin < end)
            .order_by(spans.c.begin, spans.c.id)
        )
        with self._store.read() as connection:
            return [_span(row) for row in connection.execute(query)]

    def shared(self, since: datetime) -> Sequence[str]:
        query = (
            select(spans.c.environment)
            .where(spans.c.environment.contains("+", autoescape=True), spans.c.until > since)
            .distinct()
            .order_by(spans.c.environment)
        )
        with self._store.read() as connection:
            return list(connection.execute(query).scalars())

    def watched(self, environments: Collection[str], since: datetime) -> Sequence[Watched]:
        query = (
            select(watched).where(watched.c.until > since).order_by(watched.c.environment, watched.c.begin)
        )
        wanted = set(environments)
        with self._store.read() as connection:
            rows = connection.execute(query).all()
        return [Watched(r.environment, r.begin, r.until) for r in rows if r.environment in wanted]

    def forget(self, before: datetime) -> int:
        with self._store.step_transaction() as connection:
            gone = connection.execute(delete(spans).where(spans.c.until < before, spans.c.ended)).rowcount
            connection.execute(delete(watched).where(watched.c.until < before))
        return int(gone)


def _known(connection: Connection, sample: Sample) -> dict[str, Span]:
    """Those that the sample names, and those of its environment that go on as far as is known."""
    open_ones = select(spans).where(spans.c.environment == sample.environment, ~spans.c.ended)
    found = {row.id: _span(row) for row in connection.execute(open_ones)}
    ids = sorted({span.id for span in sample.spans} - set(found))
    for start in range(0, len(ids), MOST):
        named = select(spans).where(spans.c.id.in_(ids[start : start + MOST]))
        found |= {row.id: _span(row) for row in connection.execute(named)}
    return found


def _row(span: Span) -> dict[str, Any]:
    return {
        "id": span.id,
        "environment": span.environment,
        "service": span.service,
        "kind": span.kind.value,
        "parts": [[part.item, part.milli] for part in span.parts],
        "begin": span.begin,
        "until": span.until,
        "ended": span.ended,
        "lost": span.lost,
        "minimum": span.minimum,
        "source": span.source.value,
    }


def _span(row: Row[Any]) -> Span:
    return Span(
        id=row.id,
        environment=row.environment,
        service=row.service,
        kind=Kind(row.kind),
        parts=tuple(Part(item, milli) for item, milli in row.parts),
        begin=row.begin,
        until=row.until,
        ended=row.ended,
        lost=row.lost,
        minimum=row.minimum,
        source=Source(row.source),
    )
