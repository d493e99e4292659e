"""What of the ledger may go."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select

from bot.db.pruning.removal import Keep, Removal
from bot.db.tables import (
    backfills,
    billed_days,
    billing_queries,
    environments,
    looks,
    prices,
    sightings,
    spans,
    usage_days,
    usage_sums,
    watched,
)


def of_ledger(keep: Keep, now: datetime) -> tuple[Removal, ...]:
    """A span goes by when it was last there, whether or not its end was seen: a span that goes on is seen
    again. Watched time stays as long as days do, or a gap would be told where there was none. The newest
    price stays, however old it is."""
    known = select(environments.c.name).where(~environments.c.removed)
    return (
        Removal(spans, spans.c.until < now - keep.spans, spans.c.until),
        Removal(usage_days, usage_days.c.day < (now - keep.days).date(), usage_days.c.day),
        Removal(usage_sums, usage_sums.c.day < (now - keep.days).date(), usage_sums.c.day),
        Removal(watched, watched.c.until < now - keep.days, watched.c.until),
        Removal(billed_days, billed_days.c.day < (now - keep.days).date(), billed_days.c.day),
        Removal(billing_queries, billing_queries.c.day < (now - keep.days).date(), billing_queries.c.day),
        Removal(prices, _superseded(now - keep.spans), prices.c.as_of),
        Removal(backfills, backfills.c.environment.not_in(known), backfills.c.at),
        Removal(sightings, sightings.c.environment.not_in(known), sightings.c.at),
        Removal(looks, looks.c.environment.not_in(known), looks.c.at),
    )


def _superseded(before: datetime) -> ColumnElement[bool]:
    """Days are counted anew by the newest price, so no earlier price is used any more."""
    this, newer = prices.c, prices.alias()
    same = and_(newer.c.region == this.region, newer.c.item == this.item, newer.c.source == this.source)
    return and_(this.as_of < before.date(), exists().where(same, newer.c.as_of > this.as_of))
