"""What is paid for by how much it is used: whole hours, each a span of its own.

What an Aurora cluster stores or a serverless cache serves is not a state that one look could extend to the
next; CloudWatch keeps it by the hour. An hour's span always has the same id, so that many looks at it, by
anybody, count it once. An hour that is not known is reported as not known, and never as zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from policies.cost.spans import Kind, Part, Span

HOUR = timedelta(hours=1)
SETTLED = timedelta(minutes=15)
"""How long after its end an hour's points are taken to be complete: they arrive minutes late."""
HOURS = 3
"""How many hours each look asks for: enough that a failed look loses no hour while looks are as frequent as
they must be.
"""
KEPT = timedelta(days=8)
"""How long a stopped thing that reports nothing is taken to store what it last stored: AWS leaves no database
stopped for longer than seven days (facts/ecs 3.4).
"""
GIB = 2**30
_ONE = 1_000


@dataclass(frozen=True)
class ByUse:
    """Something paid for by use. ``id``: of the thing and of what is paid for about it. ``item``: of the
    price list. ``unknown``: the item without a price under which the thing is reported if its use is not
    known. ``since``: when it was made.
    """

    id: str
    owner: str
    service: str
    kind: Kind
    item: str
    unknown: str
    since: datetime | None = None


def hours_before(at: datetime) -> tuple[datetime, ...]:
    """Return the beginnings of the last hours of UTC that are over and settled, oldest first."""
    settled = (at - SETTLED).astimezone(UTC)
    last = settled.replace(minute=0, second=0, microsecond=0)
    return tuple(last - HOUR * back for back in range(HOURS, 0, -1))


def heard(points: Mapping[datetime, float], at: datetime) -> bool:
    """Return whether any point is from the newest of the last hours or later."""
    return any(point >= hours_before(at)[-1] for point in points)


def used(
    thing: ByUse, amounts: Mapping[datetime, int], at: datetime, *, silent: bool = True
) -> tuple[Span, ...]:
    """Return a span for each hour that is known. ``amounts``: thousandths of the item's unit in each known
    hour, by its beginning; a missing hour is not zero. ``silent``: the thing reports nothing that it should;
    then a span without a price records that at this moment, unless the newest hour is known or the thing did
    not exist yet.
    """
    spans = []
    newest = hours_before(at)[-1]
    for hour in hours_before(at):
        begin = max(hour, thing.since or hour)
        if begin < hour + HOUR and amounts.get(hour):
            spans.append(_span(thing, hour, begin, amounts[hour]))
    if silent and newest not in amounts and (thing.since is None or thing.since < newest + HOUR):
        parts = (Part(thing.unknown, _ONE),)
        spans.append(Span(thing.id, thing.owner, thing.service, thing.kind, parts, at, at))
    return tuple(spans)


def _span(thing: ByUse, hour: datetime, begin: datetime, amount: int) -> Span:
    id_ = f"{thing.id} {hour:%Y-%m-%dT%H}Z"
    parts = (Part(thing.item, amount),)
    return Span(id_, thing.owner, thing.service, thing.kind, parts, begin, hour + HOUR, ended=True)


def stored(points: Mapping[datetime, float], at: datetime, *, stopped: bool) -> dict[datetime, int]:
    """Return thousandths of a GB in each of the last hours, from average bytes by the hour. While the thing
    is ``stopped``, and in an hour without a point between points, it is taken to hold what it last held.
    """
    found: dict[datetime, int] = {}
    for hour in hours_before(at):
        before = max((h for h in points if hour - KEPT <= h <= hour), default=None)
        if before is not None and (before == hour or stopped or max(points) > hour):
            found[hour] = milli(points[before] / GIB)
    return found


def averaged(points: Mapping[datetime, float], at: datetime) -> dict[datetime, int]:
    """Return thousandths of a unit in each of the last hours, from its average by the minute. In an hour that
    has points, a minute without one is a minute in which the thing did not run.
    """
    found: dict[datetime, float] = {}
    for minute, value in points.items():
        hour = minute.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        found[hour] = found.get(hour, 0.0) + value / 60
    return {hour: milli(found[hour]) for hour in hours_before(at) if hour in found}


def rated(points: Mapping[datetime, float], at: datetime) -> dict[datetime, int]:
    """Return thousandths of a rate per second in each of the last hours, from the number per hour."""
    seconds = HOUR.total_seconds()
    return {hour: milli(points[hour] / seconds) for hour in hours_before(at) if hour in points}


def at_least(amounts: Mapping[datetime, int], floor: int) -> dict[datetime, int]:
    """Raise each amount to what is paid for anyway, if less was used."""
    return {hour: max(amount, floor) for hour, amount in amounts.items()}


def milli(amount: float) -> int:
    """Return the amount in thousandths, rounded once; an amount above zero never becomes zero."""
    return max(round(amount * _ONE), 1 if amount > 0 else 0)
