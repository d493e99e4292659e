"""When the meter looks at what: each group has a turn of its own, so that a fleet is looked at evenly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

LONGEST = timedelta(minutes=30)
"""The longest time between two looks: half of what ECS remembers, so that a look that fails loses nothing
(facts/ecs 7.3).
"""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 30))
"""Time from a failed look to the next, by the number of failures; the last value repeats."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def next_look(last: datetime, interval: timedelta, *, place: int, of: int) -> datetime:
    """Return the first turn after ``last``. The turns of the ``of`` places lie evenly in each interval, one
    for each place. So nobody has to remember a plan: whoever knows when the last look was knows when the next
    one is, never more than an interval later.
    """
    first = _EPOCH + interval * place / of
    return first + ((last - first) // interval + 1) * interval


def wait(failures: int) -> timedelta:
    """Return how long to wait after so many failed looks in a row, at least one."""
    return WAITS[min(failures, len(WAITS)) - 1]
