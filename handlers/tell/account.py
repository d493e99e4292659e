"""What is told of a period's cost, as facts. Names are of environments that the reader may view."""

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
    """What whole days came to, and those before them, from ``first`` to ``last``. ``unwatched``: for so long
    of those nobody looked. ``left_out``: environments that cannot be compared, in neither figure. ``tasks``:
    both are of tasks alone, because some of these days are back-filled."""

    micros: int
    before: int
    first: date
    last: date
    unwatched: timedelta = timedelta(0)
    left_out: int = 0
    tasks: bool = False


@dataclass(frozen=True)
class Shared:
    """What several environments have together. ``names``: those the reader may view. ``others``: there are
    more."""

    names: tuple[str, ...]
    others: bool
    found: Statement

    @property
    def told(self) -> str:
        return with_others([f"`{name}`" for name in self.names], others=self.others)


@dataclass(frozen=True)
class Watch:
    """How far what is said can be known. ``zone``: that times are told in. ``began``: from when on anything
    is known; ``newest``: the latest look. ``gaps``: of ``of`` environments. ``every``: how often the meter
    looks; nothing: never."""

    zone: tzinfo
    now: datetime
    began: datetime | None
    newest: datetime | None
    gaps: tuple[Unwatched, ...]
    of: int
    every: timedelta


@dataclass(frozen=True)
class Hours:
    """Seconds in which tasks ran, those that have passed in all, and what was paid in the others."""

    on: int
    passed: int
    off: Mapping[Group, int]


@dataclass(frozen=True)
class Bill:
    """What AWS billed for these days, of UTC, and what is estimated of the same; ``None``: none of them was
    metered. ``open_still``: AWS may change it. ``tasks``: of so many environments ``of`` these both are of
    tasks alone; ``changed``: of some on a part of the days. ``guessed``: on so many days the estimate alone
    is, because they are back-filled."""

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
    """The bill has nothing that is told to be theirs. ``last``: how it was asked for last, for admins."""

    last: BillingQuery | None


@dataclass(frozen=True)
class Unclaimed:
    """Micros of the payer's bill in these days of UTC that are no environment's: ``untagged`` has none of the
    tags that were asked about, ``elsewhere`` has one that names no environment."""

    untagged: int
    elsewhere: int
    days: tuple[date, date]


@dataclass(frozen=True)
class Account:
    """What is told of a period, which was typed as ``asked``. ``found``: all of it, with what is shared where
    several are told of. ``change``: ``None`` where nothing is known to compare with; ``bill``: where it is
    not read; ``unclaimed``: what else is in it, for admins. ``trouble``: why AWS cannot be asked now.
    ``dearest``: of several environments, services."""

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
        """The one that need not be said."""
        return self.watch.now.astimezone(self.watch.zone).year


@dataclass(frozen=True)
class Line:
    """One environment among others, or what several share: that has no hours. ``metered``: somebody has
    looked at it."""

    name: str
    found: Statement
    change: Compared | None = None
    hours: Hours | None = None
    metered: bool = True
