"""How a budget stands: what was spent of it, by whom, and what the month is forecast to come to.

Reads the rows of days that are already rolled up; AWS is not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Protocol
from zoneinfo import ZoneInfo

from handlers.ports.book import Book
from handlers.ports.store import CatalogState
from policies.cost.basis import Basis, Bounds, Stretch, basis, seconds_watched
from policies.cost.budgets import BudgetRow, Spending
from policies.cost.months import Recent, ahead, rest_of_month
from policies.cost.prices import contested, floats
from policies.cost.seconds import midnights
from policies.cost.spans import sharers
from policies.cost.usage import ON, UsageRow
from policies.schedule.rows import governing
from policies.schedule.schedule import Holidays, Schedule, parse
from policies.schedule.words import ScheduleError
from policies.service.environment import Environment

RECENT = 28
"""Whole days that the forecast of a month's end is based on."""
EVER = datetime(1970, 1, 1, tzinfo=UTC)
Rows = Mapping[str, Sequence[UsageRow]]


class Known(Protocol):
    """What the gate's parts and a verb's desk have in common."""

    @property
    def book(self) -> Book: ...

    @property
    def holidays(self) -> Callable[[Schedule], Holidays]: ...


@dataclass(frozen=True)
class Look:
    """One budget at one time. ``places``: the environments it covers, by name; never empty."""

    row: BudgetRow
    places: tuple[Environment, ...]
    state: CatalogState
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the first environment; the budget's month is counted in it."""
        return ZoneInfo(self.places[0].time_zone)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def month(self) -> date:
        return self.today.replace(day=1)

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(place.name for place in self.places)

    def has(self, name: str) -> bool:
        """Return whether the budget covers this environment, or every environment that shares this joined
        name.
        """
        return self.names.issuperset(sharers(name))


def looks(state: CatalogState, now: datetime) -> Iterator[Look]:
    """Look at each budget that covers any environment now."""
    for row in state.budgets:
        places = sorted((e for e in state.environments if row.covers(e.name)), key=lambda e: e.name)
        if places:
            yield Look(row, tuple(places), state, now)


def spent_so_far(known: Known, asked: Iterable[Look]) -> list[tuple[Look, int]]:
    """Return what was spent of each budget this month so far, in micros.

    Takes two queries however many budgets there are, and two more for each other date range, where some zone
    has another day.
    """
    by_dates: dict[tuple[date, date], list[Look]] = defaultdict(list)
    for look in asked:
        by_dates[look.month, look.today].append(look)
    found: list[tuple[Look, int]] = []
    for (first, last), some in by_dates.items():
        names = {place.name for look in some for place in look.places}
        days = known.book.ledger.days
        micros: dict[str, int] = defaultdict(int)
        for total in days.totals([*sorted(names), *days.shared(first, last)], first, last):
            micros[total.environment] += total.micros
        found += [(look, sum(each for name, each in micros.items() if look.has(name))) for look in some]
    return found


def rows_of(known: Known, look: Look, *, first: date, last: date) -> Rows:
    """Return the rows of each environment that the budget covers, and of what only those share."""
    days = known.book.ledger.days
    shared = [name for name in days.shared(first, last) if look.has(name)]
    found: dict[str, list[UsageRow]] = defaultdict(list)
    for row in days.sums([*sorted(look.names), *shared], first, last):
        found[row.environment].append(row)
    return found


def spending(known: Known, look: Look, *, here: Sequence[Environment], rows: Rows) -> Spending:
    """Return how the budget stands. ``rows``: of its month so far. ``here``: those of its environments that
    are listed one by one.
    """
    each = [(place.name, paid(rows.get(place.name, ()))) for place in here]
    lately = _lately(known, look)
    counted = [row for found in rows.values() for row in found if row.item != ON]
    return Spending(
        row=look.row,
        month=look.month,
        spent=sum(paid(found) for found in rows.values()),
        ahead=_ahead(known, look, rows, lately),
        each=tuple(sorted(each, key=lambda pair: (-pair[1], pair[0]))),
        known=any(rows.values()),
        unpriced=any(row.micros is None for row in counted),
        contested=any(row.micros and contested(row.item) for row in counted),
        prices=tuple(sorted({row.priced for row in counted if row.priced})),
        floating=any(row.micros and floats(row.item) for row in counted),
        basis=_basis(look, rows, lately.watched, _bounds(look, look.month, look.today)),
        recent=_basis(look, lately.rows, lately.watched, _bounds(look, *lately.days)),
    )


@dataclass(frozen=True)
class _Lately:
    """What the month's end is forecast from: the ``rows`` of these ``days`` (first and last), and all the
    times at which each environment was ``watched``.
    """

    days: tuple[date, date]
    rows: Rows
    watched: Mapping[str, Sequence[Stretch]]

    def of(self, name: str, look: Look) -> Recent:
        """Return the recent days of one name; what several environments share counts as watched like the one
        that was watched most.
        """
        first, last = self.days
        rows = tuple(self.rows.get(name, ()))
        bounds = _bounds(look, first, last)
        begin = midnights(min((row.day for row in rows), default=look.today), look.zone)[0]
        each = (seconds_watched(self.watched.get(one, ()), bounds) for one in sharers(name))
        return Recent(rows, (bounds.end - begin) // timedelta(seconds=1), max(each))


def _lately(known: Known, look: Look) -> _Lately:
    first, last = look.today - timedelta(days=RECENT), look.today - timedelta(days=1)
    watched: dict[str, list[Stretch]] = defaultdict(list)
    for stretch in known.book.ledger.spans.watched(sorted(look.names), EVER):
        watched[stretch.environment].append((stretch.begin, stretch.until))
    return _Lately((first, last), rows_of(known, look, first=first, last=last), watched)


def _bounds(look: Look, first: date, last: date) -> Bounds:
    end = midnights(last, look.zone)[1]
    return Bounds(midnights(first, look.zone)[0], min(end, look.now), look.zone)


def _basis(look: Look, rows: Rows, watched: Mapping[str, Sequence[Stretch]], bounds: Bounds) -> Basis:
    return basis((row for found in rows.values() for row in found), watched, bounds, now=look.now)


def _ahead(known: Known, look: Look, rows: Rows, lately: _Lately) -> int | None:
    """Forecast the month's total in micros, each environment by its own schedule; ``None`` if the forecast of
    any one is unknown.
    """
    begin, end = rest_of_month(look.now, look.zone)
    left = int((end - begin).total_seconds())
    places = {place.name: place for place in look.places}
    total = 0
    for name in sorted({*rows, *lately.rows}):
        on = _on(known, look, places[name]) if name in places else None
        found = ahead(paid(rows.get(name, ())), lately.of(name, look), left=left, on=on)
        if found is None:
            return None
        total += found.total
    return total


def _on(known: Known, look: Look, place: Environment) -> int | None:
    """Return for how many seconds of the rest of the month the schedule has the environment on, ignoring
    overrides; ``None`` if no schedule tells.
    """
    row = governing(place, look.state.schedules)
    if row is None or row.mode != "act":
        return None
    try:
        schedule = parse(row.text)
    except ScheduleError:
        return None
    begin, end = rest_of_month(look.now, look.zone)
    hours = schedule.hours_up(begin, end, holidays=known.holidays(schedule))
    return None if schedule.one_way else round(hours * 3_600)


def paid(rows: Iterable[UsageRow]) -> int:
    """Sum the micros of these rows; rows without a price count as nothing."""
    return sum(row.micros or 0 for row in rows)
