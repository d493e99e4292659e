"""What a month will have cost at its end: what was spent so far, and what the schedule still has in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from policies.cost.savings import Rates, rates
from policies.cost.seconds import midnights
from policies.cost.usage import ON, UsageRow

_HOUR = 3_600


@dataclass(frozen=True)
class Forecast:
    """Micros: ``spent`` so far and at the month's end in all."""

    spent: int
    total: int


@dataclass(frozen=True)
class Recent:
    """Some recent whole days, of so many ``seconds`` together. ``watched``: in which the meter looked;
    nothing where that is not known."""

    rows: tuple[UsageRow, ...]
    seconds: int
    watched: int = 0


def rest_of_month(now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """From now to the local midnight that ends the month; both in UTC."""
    _, last = month_of(now.astimezone(zone).date())
    return now.astimezone(UTC), midnights(last, zone)[1]


def month_of(day: date) -> tuple[date, date]:
    """Its first and its last day."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def forecast(spent: int, rates: Rates, *, on: int, off: int) -> Forecast | None:
    """``rates``: of recent weeks. ``on`` and ``off``: seconds left of the month in which it is meant to be
    so; where nothing is scheduled, in the proportion of the days so far (``shared_out``). ``None``: what an
    hour costs is not known."""
    if (on and rates.on is None) or (off and rates.off is None):
        return None
    rest = ((rates.on or 0) * on + (rates.off or 0) * off) // _HOUR
    return Forecast(spent, spent + rest)


def ahead(spent: int, recent: Recent, *, left: int, on: int | None) -> Forecast | None:
    """``left``: seconds of the month that are to come, of which it is meant to be ``on`` for so many;
    ``None``: nothing is scheduled, so it goes on as in the recent days."""
    was_on = sum(row.used for row in recent.rows if row.item == ON)
    running, resting = shared_out(left, on=was_on, seconds=recent.seconds) if on is None else (on, left - on)
    by = rates(recent.rows, recent.seconds, watched=recent.watched)
    return forecast(spent, by, on=running, off=resting)


def shared_out(left: int, *, on: int, seconds: int) -> tuple[int, int]:
    """Seconds on and off of those that are ``left``, as it was on for so many of the ``seconds`` so far; on
    all the time where there are none yet."""
    running = min(left, left * on // seconds) if seconds > 0 else left
    return running, left - running
