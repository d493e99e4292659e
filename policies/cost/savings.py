"""What a schedule saved, in a way that holds up: hours it kept an environment off, at what an hour on has
cost, less what was paid while the environment was off.

The figure is never more than the schedule did: it counts only hours in which the schedule meant the
environment to be off *and* had stopped it itself. Hours off because a person stopped it, or because a start
failed, are nobody's savings. If a price or a figure is missing, the savings are unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from policies.cost.spans import Source
from policies.cost.usage import ON, UsageRow

Interval = tuple[datetime, datetime]
"""From the first instant up to, and not including, the second."""
TASKS = ("fargate.", "spot.")
"""Items that only tasks use."""
_HOUR = 3_600
_SECOND = timedelta(seconds=1)


class Cause(StrEnum):
    SCHEDULE = "schedule"
    PERSON = "person"


@dataclass(frozen=True)
class Off:
    """A time in which the environment was off, from ``begin`` to ``end``, and who made it so."""

    begin: datetime
    end: datetime
    cause: Cause


@dataclass(frozen=True)
class Rates:
    """Micros an hour: while the environment is ``on``, and what is paid whether or not it is (``off``).
    ``None`` if it was never on, or there is no figure.
    """

    on: int | None
    off: int | None


@dataclass(frozen=True)
class Savings:
    """What was saved. ``seconds``: for how long the schedule kept the environment off. ``hourly``: micros at
    which it would have run. ``paid``: micros that were paid meanwhile. ``micros``: the saving; ``None`` if it
    cannot be told.
    """

    seconds: int
    hourly: int | None
    paid: int | None

    @property
    def micros(self) -> int | None:
        if not self.seconds:
            return 0
        if self.hourly is None or self.paid is None:
            return None
        return max(0, self.hourly * self.seconds // _HOUR - self.paid)


def kept_off(off: Iterable[Off], scheduled: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return when the schedule had stopped the environment, within the hours in which it is ``scheduled`` to
    be off, without the time for which a person had stopped it.
    """
    off = tuple(off)
    mine = _union((o.begin, o.end) for o in off if o.cause is Cause.SCHEDULE)
    others = _union((o.begin, o.end) for o in off if o.cause is not Cause.SCHEDULE)
    return tuple(_less(_both(mine, _union(scheduled)), others))


def saved(kept: Iterable[Interval], *, hourly: int | None, paid: int | None) -> Savings:
    """Return the savings. ``kept``: as ``kept_off`` returns them. ``paid``: what was paid in these hours."""
    return Savings(_seconds(_union(kept)), hourly, paid)


def rates(rows: Iterable[UsageRow], seconds: int, *, watched: int = 0) -> Rates:
    """Return the rates by the rows of some whole days, which together have this many seconds. The cost of
    tasks is divided by the time in which any ran, and every other cost by the whole time, or by the time
    ``watched`` if part was not: nothing else is known of databases. An hour on costs both. Tasks that no
    service keeps count among tasks. What has no price is left out, so an hour is never taken to cost more
    than is known.
    """
    rows = tuple(rows)
    on = sum(row.used for row in rows if row.item == ON)
    paid = [row for row in rows if row.micros is not None]
    tasks = sum(row.micros or 0 for row in paid if row.item.startswith(TASKS))
    rest = sum(row.micros or 0 for row in paid) - tasks
    if not paid or seconds <= 0:
        return Rates(None, None)
    always = rest * _HOUR // (watched or seconds)
    return Rates(tasks * _HOUR // on + always if on else None, always)


def saved_by_rows(
    kept: Iterable[Interval], recent: Iterable[UsageRow], *, days: Mapping[date, Interval], seconds: int
) -> Savings:
    """Return the savings as ``saved`` does, from rows of days only. ``days``: the days that are reported,
    from midnight to midnight. ``recent``: rows of some whole days up to the last of these; the metered ones
    together have this many ``seconds``. Only those tell what an hour costs: the back-fill takes Spot for on
    demand. On each day the environment was off for no longer than it was not on, and what is always paid was
    paid meanwhile.
    """
    recent, kept = tuple(recent), _union(kept)
    found = rates((row for row in recent if row.source is Source.SEEN), seconds)
    off = sum(
        min(_seconds(_both(kept, [bounds])), _not_on(recent, day, bounds)) for day, bounds in days.items()
    )
    return Savings(off, found.on, None if found.off is None else -(-found.off * off // _HOUR))


def _not_on(rows: Iterable[UsageRow], day: date, bounds: Interval) -> int:
    on = sum(row.used for row in rows if row.item == ON and row.day == day)
    return max(0, _seconds([bounds]) - on)


def _seconds(given: Iterable[Interval]) -> int:
    return sum((end - begin) // _SECOND for begin, end in given)


def _union(given: Iterable[Interval]) -> list[Interval]:
    """Return the intervals in order, without overlaps and without empty ones."""
    found: list[Interval] = []
    for begin, end in sorted(pair for pair in given if pair[0] < pair[1]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _both(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return _union(pairs)


def _less(one: Sequence[Interval], taken: Sequence[Interval]) -> list[Interval]:
    left = list(one)
    for begin, end in taken:
        left = [
            piece for a, b in left for piece in ((a, min(b, begin)), (max(a, end), b)) if piece[0] < piece[1]
        ]
    return _union(left)
