"""Holds what is told of a period's cost, as facts. All names are of environments that the reader may view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from handlers.ports.money import BillingQuery
from handlers.tell.wording import with_others
from policies.cost.gaps import Unwatched
from policies.cost.periods import Stretch
from policies.cost.statement import Dear, Group, Statement
from policies.times.wall import earliest


@dataclass(frozen=True)
class Compared:
    """The cost of some whole days next to the cost of the days before, which are ``first`` to ``last``.
    ``unwatched`` says how long nobody looked during those days before. ``left_out`` counts environments that
    cannot be compared; neither figure includes them. ``tasks`` says that both figures cover tasks alone,
    because some of these days are back-filled.
    """

    micros: int
    before: int
    first: date
    last: date
    unwatched: timedelta = timedelta(0)
    left_out: int = 0
    tasks: bool = False


@dataclass(frozen=True)
class Shared:
    """What several environments share. ``names`` are those that the reader may view. ``others`` says that
    there are more.
    """

    names: tuple[str, ...]
    others: bool
    found: Statement

    @property
    def told(self) -> str:
        return with_others([f"`{name}`" for name in self.names], others=self.others)


@dataclass(frozen=True)
class Watch:
    """How well the period is known. ``zone`` is the zone in which times are told. ``began`` is the time from
    which anything is known; ``newest`` is the latest look. ``gaps`` concern ``of`` environments in all.
    ``every`` is the interval between two looks of the meter; zero if the meter is off.
    """

    zone: tzinfo
    now: datetime
    began: datetime | None
    newest: datetime | None
    gaps: tuple[Unwatched, ...]
    of: int
    every: timedelta


@dataclass(frozen=True)
class Hours:
    """The seconds in which tasks ran, all seconds that have passed, and what was paid while no task ran."""

    on: int
    passed: int
    off: Mapping[Group, int]


@dataclass(frozen=True)
class Bill:
    """What AWS billed for these days (of UTC), and the estimate for the same; ``None`` if none of them was
    metered. ``open_still`` says that AWS may change the bill. Of the ``of`` environments, ``tasks`` counts
    those for which both figures cover tasks alone; ``changed`` says that this holds for some on part of the
    days. ``guessed`` counts the days on which only the estimate covers tasks alone, because they are
    back-filled.
    """

    micros: int
    estimate: int | None
    days: tuple[date, date]
    open_still: bool
    tasks: int
    changed: bool
    of: int
    guessed: int = 0


@dataclass(frozen=True)
class Unbilled:
    """No amount of the bill can be attributed to these environments. ``last`` is the latest question about
    the bill, for admins.
    """

    last: BillingQuery | None


@dataclass(frozen=True)
class Unclaimed:
    """Micros of the payer's bill, in these days of UTC, that belong to no environment. ``untagged`` has none
    of the tags that were asked about; ``elsewhere`` has a tag that names no environment.
    """

    untagged: int
    elsewhere: int
    days: tuple[date, date]


@dataclass(frozen=True)
class Account:
    """What is told of a period, which the person typed as ``asked``. ``found`` is the whole sum; if several
    environments are told of, that includes what they share. ``change`` is ``None`` if there is nothing to
    compare with, and ``bill`` if the bill is not read. ``unclaimed`` is the remainder of the bill, for
    admins. ``trouble`` says why AWS cannot be asked now. ``dearest`` holds the most expensive services, if
    several environments are told of.
    """

    asked: str
    stretch: Stretch
    found: Statement
    hours: Hours
    watch: Watch
    change: Compared | None = None
    shared: tuple[Shared, ...] = ()
    bill: Bill | Unbilled | None = None
    trouble: str = ""
    dearest: tuple[Dear, ...] = ()
    unclaimed: Unclaimed | None = None

    @property
    def start(self) -> datetime:
        return earliest(self.stretch.first, 0, self.watch.zone)

    @property
    def year(self) -> int:
        """The current year, which a date does not repeat."""
        return self.watch.now.astimezone(self.watch.zone).year


@dataclass(frozen=True)
class Line:
    """One environment among others, or what several environments share; a shared part has no hours.
    ``metered`` says that the meter has looked at least once.
    """

    name: str
    found: Statement
    change: Compared | None = None
    hours: Hours | None = None
    metered: bool = True
