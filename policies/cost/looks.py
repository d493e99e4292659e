"""When the meter looks at what: each in a place of its own, so that a fleet is looked at evenly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

LONGEST = timedelta(minutes=30)
"""Between two looks: half of what ECS remembers, so that one that fails loses nothing (facts/ecs 7.3)."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 30))
"""From a look that failed to the next: the last one again and again."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def next_look(last: datetime, interval: timedelta, *, place: int, of: int) -> datetime:
    """The first time after ``last`` that is its turn: the turns of the ``of`` places lie evenly in each
    interval, and a place has one in every. So nobody has to remember a plan: whoever knows when the last look
    was knows when the next one is, and it is never later than an interval after."""
    first = _EPOCH + interval * place / of
    return first + ((last - first) // interval + 1) * interval


def wait(failures: int) -> timedelta:
    """After so many looks in a row that failed, at least one."""
    return WAITS[min(failures, len(WAITS)) - 1]
