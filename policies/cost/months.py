"""What a month will have cost at its end: what was spent so far, plus what the schedule still has in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from policies.cost.savings import Rates, rates
from policies.cost.seconds import midnights
from policies.cost.usage import ON, UsageRow

_HOUR = 3_600


@dataclass(frozen=True)
class Forecast:
    """Micros: ``spent`` so far, and in ``total`` at the month's end."""

    spent: int
    total: int


@dataclass(frozen=True)
class Recent:
    """Some recent whole days, which together have this many ``seconds``. ``watched``: how many of these
    seconds the meter looked; zero if not known.
    """

    rows: tuple[UsageRow, ...]
    seconds: int
    watched: int = 0


def rest_of_month(now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return now and the local midnight that ends the month; both in UTC."""
    _, last = month_of(now.astimezone(zone).date())
    return now.astimezone(UTC), midnights(last, zone)[1]


def month_of(day: date) -> tuple[date, date]:
    """Return the first and last day of the month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def forecast(spent: int, rates: Rates, *, on: int, off: int) -> Forecast | None:
    """Forecast the month's cost; ``None`` if the cost of an hour is not known. ``rates``: of recent weeks.
    ``on`` and ``off``: the seconds left of the month in which the environment is meant to be on or off;
    without a schedule, in the proportion of the days so far (``shared_out``).
    """
    if (on and rates.on is None) or (off and rates.off is None):
        return None
    rest = ((rates.on or 0) * on + (rates.off or 0) * off) // _HOUR
    return Forecast(spent, spent + rest)


def ahead(spent: int, recent: Recent, *, left: int, on: int | None) -> Forecast | None:
    """Forecast the month's cost from recent days; ``None`` if the cost of an hour is not known. ``left``:
    seconds left of the month; ``on``: how many of them the environment is meant to be on; ``None``: nothing
    is scheduled, so it goes on as in the recent days.
    """
    was_on = sum(row.used for row in recent.rows if row.item == ON)
    running, resting = shared_out(left, on=was_on, seconds=recent.seconds) if on is None else (on, left - on)
    by = rates(recent.rows, recent.seconds, watched=recent.watched)
    return forecast(spent, by, on=running, off=resting)


def shared_out(left: int, *, on: int, seconds: int) -> tuple[int, int]:
    """Divide the seconds that are ``left`` into on and off, in the same proportion as the environment was on
    for ``on`` of the ``seconds`` so far; all on if there are none yet.
    """
    running = min(left, left * on // seconds) if seconds > 0 else left
    return running, left - running
