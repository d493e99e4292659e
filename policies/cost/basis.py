"""How well some days are known: what of them is back-filled, when nobody watched, and from when on anything
is known at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from policies.cost.gaps import gaps, together
from policies.cost.spans import Source
from policies.cost.usage import UsageRow

Stretch = tuple[datetime, datetime]
"""A time in which an environment was watched; the stretches of one environment are in order."""
_NONE = timedelta(0)


@dataclass(frozen=True)
class Bounds:
    """Some days, from the first midnight to the last midnight or to now."""

    start: datetime
    end: datetime
    zone: tzinfo


@dataclass(frozen=True)
class Basis:
    """How well the days are known. ``backfilled``: on how many of them something is known only from Container
    Insights. ``unwatched``: for how long nobody looked at one or more of the environments. ``since``: the
    first day that is known at all, if that is not the first day of all.
    """

    backfilled: int = 0
    unwatched: timedelta = _NONE
    since: date | None = None


WELL_KNOWN = Basis()


def basis(
    rows: Iterable[UsageRow], watched: Mapping[str, Sequence[Stretch]], bounds: Bounds, *, now: datetime
) -> Basis:
    """Return how well the days are known. ``rows``: of these days. ``watched``: all stretches of each
    environment.
    """
    rows = tuple(rows)
    known = {row.day for row in rows}
    known |= {stretches[0][0].astimezone(bounds.zone).date() for stretches in watched.values() if stretches}
    first = bounds.start.astimezone(bounds.zone).date()
    return Basis(
        backfilled=len({row.day for row in rows if row.source is Source.INSIGHTS}),
        unwatched=_unwatched(watched, bounds, now),
        since=min(known) if known and min(known) > first else None,
    )


def seconds_watched(stretches: Iterable[Stretch], bounds: Bounds) -> int:
    """Return how many seconds within these days were watched."""
    spans = (min(end, bounds.end) - max(begin, bounds.start) for begin, end in stretches)
    return sum(max(0, span // timedelta(seconds=1)) for span in spans)


def _unwatched(watched: Mapping[str, Sequence[Stretch]], bounds: Bounds, now: datetime) -> timedelta:
    found = {name: gaps(each, bounds.start, bounds.end, now=now) for name, each in watched.items()}
    lengths = (
        min(bounds.end, each.gap.until or now) - max(bounds.start, each.gap.begin) for each in together(found)
    )
    return sum((max(_NONE, length) for length in lengths), _NONE)
