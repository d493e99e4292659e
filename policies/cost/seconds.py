"""Seconds that are billed of a span, and how they fall on local days.

Billing runs from the start of the image pull, in whole seconds rounded up, and for a task at least a minute
(Windows five; facts/ecs 7.3). One function tells how many have been billed by an instant; what falls between
two instants is the difference, so that however a span is cut, the pieces add up to it exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

from policies.cost.spans import Span
from policies.times.wall import earliest

_SECOND = timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def billed(span: Span, *, by: datetime, now: datetime) -> int:
    """Return how many whole seconds of the span have been billed ``by`` then, from what is known ``now``;
    never fewer for a later instant. What is missing to the minimum falls on the instant at which the span
    ended, so that no later day is touched. A span that runs counts up to when it was last seen, and never
    beyond ``now``.
    """
    end = min(span.until, now)
    if by < end:
        return max(0, _up(by - span.begin))
    whole = max(0, _up(end - span.begin))
    return max(whole, span.minimum) if span.ended and span.until <= now else whole


def midnights(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when a local day begins and when the next one does: 23, 24 or 25 hours later."""
    return earliest(day, 0, zone), earliest(day + timedelta(days=1), 0, zone)


def together(spans: Iterable[tuple[datetime, datetime]]) -> int:
    """Return the whole seconds that any span covers, each second counted once however many share it."""
    found, reached = 0, 0
    for begin, end in sorted((_down(begin), _up(end - _EPOCH)) for begin, end in spans):
        found += max(0, end - max(begin, reached))
        reached = max(reached, end)
    return found


def _up(span: timedelta) -> int:
    return -(-span // _SECOND)


def _down(at: datetime) -> int:
    return (at - _EPOCH) // _SECOND
