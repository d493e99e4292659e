"""What is paid for by how much it is used: whole hours, each a span of its own.

What an Aurora cluster stores or a serverless cache answers is no state that one look could draw out to the
next; CloudWatch keeps it by the hour. An hour's span always has the same id, so that many looks at it, by
whomever, count it once. An hour that is not known is told as not known, and never as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from policies.cost.spans import Kind, Part, Span

HOUR = timedelta(hours=1)
SETTLED = timedelta(minutes=15)
"""After its end an hour's points are taken to be whole: they come minutes late."""
HOURS = 3
"""That each look asks about, so that one which fails loses none while looks are as near as they must be."""
KEPT = timedelta(days=8)
"""For so long a thing that says nothing because it is stopped is taken to store what it last stored: AWS
leaves no database stopped for longer than seven days (facts/ecs 3.4)."""
GIB = 2**30
_ONE = 1_000


@dataclass(frozen=True)
class ByUse:
    """``id``: of the thing and of what about it is paid for. ``item``: of the price list; ``unknown``: the
    item that has no price, under which it is told where its use is not known. ``since``: when it was made."""

    id: str
    owner: str
    service: str
    kind: Kind
    item: str
    unknown: str
    since: datetime | None = None


def hours_before(at: datetime) -> tuple[datetime, ...]:
    """The beginnings of the last hours of UTC that are over and settled, oldest first."""
    settled = (at - SETTLED).astimezone(UTC)
    last = settled.replace(minute=0, second=0, microsecond=0)
    return tuple(last - HOUR * back for back in range(HOURS, 0, -1))


def heard(points: Mapping[datetime, float], at: datetime) -> bool:
    """Has anything been told since the newest of the last hours began?"""
    return any(point >= hours_before(at)[-1] for point in points)


def used(
    thing: ByUse, amounts: Mapping[datetime, int], at: datetime, *, silent: bool = True
) -> tuple[Span, ...]:
    """``amounts``: thousandths of the item's unit in each hour that is known, by its beginning; none is not
    zero. ``silent``: nothing is heard of it that ought to be; then a span without a price says so at this
    moment, unless the newest hour is known or it was not there yet."""
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
    """Thousandths of a GB in each of the last hours, from average bytes by the hour. While it is ``stopped``,
    and in an hour from which it told nothing although it did before and after, it held what it last held."""
    found: dict[datetime, int] = {}
    for hour in hours_before(at):
        before = max((h for h in points if hour - KEPT <= h <= hour), default=None)
        if before is not None and (before == hour or stopped or max(points) > hour):
            found[hour] = milli(points[before] / GIB)
    return found


def averaged(points: Mapping[datetime, float], at: datetime) -> dict[datetime, int]:
    """Thousandths of a unit in each of the last hours, from its average by the minute. A minute without a
    point, in an hour that has some, is one in which it did not run."""
    found: dict[datetime, float] = {}
    for minute, value in points.items():
        hour = minute.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        found[hour] = found.get(hour, 0.0) + value / 60
    return {hour: milli(found[hour]) for hour in hours_before(at) if hour in found}


def rated(points: Mapping[datetime, float], at: datetime) -> dict[datetime, int]:
    """Thousandths of so many a second in each of the last hours, from their number by the hour."""
    seconds = HOUR.total_seconds()
    return {hour: milli(points[hour] / seconds) for hour in hours_before(at) if hour in points}


def at_least(amounts: Mapping[datetime, int], floor: int) -> dict[datetime, int]:
    """Where less is used than is paid for anyway."""
    return {hour: max(amount, floor) for hour, amount in amounts.items()}


def milli(amount: float) -> int:
    """In thousandths, rounded once; what is there at all is not nothing."""
    return max(round(amount * _ONE), 1 if amount > 0 else 0)
