"""Spans, and the time that was watched."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, select

from bot.db.ledger.turns import one_after_the_other
from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import spans, watched
from handlers.ports.ledger import Sample, Watched
from policies.cost.spans import (
    REMEMBERED,
    Kind,
    Part,
    Source,
    Span,
    changed_from,
    changes_hands,
    handed_over,
    lost,
    merged,
)

MOST = 500
"""Ids in one statement: SQLite takes 32,766 values, PostgreSQL 65,535."""


class SqlSpans:
    """``handlers.ports.ledger.Spans``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, sample: Sample) -> datetime | None:
        with self._store.step_transaction() as connection:
            one_after_the_other(connection, spans)
            last = _watch(connection, sample)
            known = _known(connection, sample)
            after = _after(known, sample, last)
            put(connection, spans, [_row(new) for old, new in after.values() if new != old])
        return changed_from(after.values())

    def overlapping(self, environment: str, start: datetime, end: datetime) -> Sequence[Span]:
        query = select(spans).where(
            spans.c.environment == environment, spans.c.until >= start, spans.c.begin < end
        )
        with self._store.read() as connection:
            found = [_span(row) for row in connection.execute(query)]
        return sorted(found, key=lambda span: (span.begin, span.id))

    def shared(self, since: datetime) -> Sequence[str]:
        query = (
            select(spans.c.environment)
            .where(spans.c.environment.contains("+", autoescape=True), spans.c.until > since)
            .distinct()
        )
        with self._store.read() as connection:
            return sorted(connection.execute(query).scalars())

    def watched(self, environments: Collection[str], since: datetime) -> Sequence[Watched]:
        query, wanted = select(watched).where(watched.c.until > since), set(environments)
        with self._store.read() as connection:
            rows = connection.execute(query).all()
        found = (Watched(r.environment, r.begin, r.until) for r in rows if r.environment in wanted)
        return sorted(found, key=lambda stretch: (stretch.environment, stretch.begin))


def _watch(connection: Connection, sample: Sample) -> datetime | None:
    """Draw out the stretch that the look is near enough to, or the two that it joins. When all of it was last
    looked at, this look among them."""
    of_it = watched.c.environment == sample.environment
    newest: datetime | None = connection.scalar(select(func.max(watched.c.until)).where(of_it))
    if not sample.whole:
        return newest
    reached = and_(
        of_it, watched.c.begin <= sample.at + REMEMBERED, watched.c.until >= sample.at - REMEMBERED
    )
    near = connection.execute(select(watched).where(reached)).all()
    begin: datetime = min((sample.at, *(row.begin for row in near)))
    until: datetime = max((sample.at, *(row.until for row in near)))
    if [(row.begin, row.until) for row in near] != [(begin, until)]:
        connection.execute(delete(watched).where(reached))
        put(connection, watched, [{"environment": sample.environment, "begin": begin, "until": until}])
    return max(until, newest or until)


def _after(
    known: Mapping[str, Span], sample: Sample, last: datetime | None
) -> dict[str, tuple[Span | None, Span]]:
    """What each was, and is after this look. ``last``: when all of it was last looked at. Of a look that is
    written after a later one, what that one no longer found is gone."""
    after: dict[str, tuple[Span | None, Span]] = {}
    for seen in sample.spans:
        before, so_far = after.get(seen.id, (known.get(seen.id),) * 2)
        if so_far is not None and changes_hands(so_far, seen):
            past, new = handed_over(so_far, seen)
            after[past.id] = (so_far, past)
            before = replace(so_far, begin=new.begin)
        else:
            new = merged(so_far, seen)
        late = last is not None and sample.at < last and new.environment == sample.environment
        after[seen.id] = (before, lost(new, last) if late and last is not None else new)
    for span in known.values() if sample.whole else ():
        if span.id not in after and span.environment == sample.environment:
            after[span.id] = (span, lost(span, sample.at))
    return after


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
