"""What ``cost`` says: the sum, what it was before, and all that must be known to read it rightly.

Times are of the environment's zone, of several with different ones UTC's. Names are of environments that the
reader may view; of others it is only said that there are others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from handlers.ports.money import BillingQuery
from handlers.tell.billing import LABEL, standing, steps
from handlers.tell.pages import more
from handlers.words.message import Table, Text, blocks
from handlers.words.result import Answer
from policies.cost.gaps import Gap, Unwatched
from policies.cost.money import told
from policies.cost.periods import PeriodError, Stretch
from policies.cost.statement import Group, Statement
from policies.schedule.standing import said
from policies.times.instants import words
from policies.times.wall import MONTHS, earliest, month, weekday

TOP = 12
"""Services that a table names; the rest is one row."""
NAMES, GAPS, PRICES = 5, 3, 2
"""Of services, gaps and prices that a line names; how many more there are is said."""
ONE_HOUR = 3_600
EVERY = 15
"""Minutes between two looks of the meter, as people are told."""
NOT_IN_IT = (
    "discounts, Savings Plans, tax, data transfer, load balancers' traffic, NAT gateways, logs, backups, "
    "Aurora's storage and EC2 instances"
)

_KINDS = (
    (Group.DATABASES, "database"),
    (Group.CACHES, "cache"),
    (Group.BALANCERS, "load balancer"),
    (Group.STORAGE, "storage"),
    (Group.ADDRESSES, "public address"),
)


@dataclass(frozen=True)
class Compared:
    """What whole days came to, and those before them, from ``first`` to ``last``."""

    micros: int
    before: int
    first: date
    last: date


@dataclass(frozen=True)
class Shared:
    """What several environments have together. ``names``: those the reader may view. ``others``: there are
    more."""

    names: tuple[str, ...]
    others: bool
    found: Statement

    @property
    def told(self) -> str:
        return _with([f"`{name}`" for name in self.names], others=self.others)


@dataclass(frozen=True)
class Watch:
    """How far what is said can be known. ``zone``: that times are told in. ``began``: from when on anything
    is known; ``newest``: the latest look. ``gaps``: of ``of`` environments."""

    zone: tzinfo
    now: datetime
    began: datetime | None
    newest: datetime | None
    gaps: tuple[Unwatched, ...]
    of: int


@dataclass(frozen=True)
class Hours:
    """Seconds in which tasks ran, those that have passed in all, and what was paid in the others."""

    on: int
    passed: int
    off: Mapping[Group, int]


@dataclass(frozen=True)
class Bill:
    """What AWS billed for these days, of UTC, and what is estimated of the same. ``open_still``: AWS may
    change it. ``tasks``: both are of tasks alone."""

    micros: int
    estimate: int
    days: tuple[date, date]
    open_still: bool
    tasks: bool


@dataclass(frozen=True)
class Unbilled:
    """The bill has nothing that is told to be theirs. ``last``: how it was asked for last, for admins."""

    last: BillingQuery | None


@dataclass(frozen=True)
class Account:
    """What is told of a period, which was typed as ``asked``. ``found``: all of it, with what is shared where
    several are told of. ``change``: ``None`` where nothing is known to compare with; ``bill``: where it is
    not read. ``trouble``: why AWS cannot be asked now."""

    asked: str
    stretch: Stretch
    found: Statement
    hours: Hours
    watch: Watch
    change: Compared | None = None
    shared: tuple[Shared, ...] = ()
    bill: Bill | Unbilled | None = None
    trouble: str = ""

    @property
    def start(self) -> datetime:
        return earliest(self.stretch.first, 0, self.watch.zone)

    @property
    def year(self) -> int:
        """The one that need not be said."""
        return self.watch.now.astimezone(self.watch.zone).year


@dataclass(frozen=True)
class Line:
    """One environment among others, or what several share: that has no hours."""

    name: str
    found: Statement
    change: Compared | None = None
    hours: Hours | None = None


def shared_by(shared: Shared) -> str:
    return f"shared by {_with(shared.names, others=shared.others)}"


def none() -> Answer:
    return Answer("There is no environment here for you yet; an admin can give you a grant.")


def unmetered(name: str) -> Answer:
    return Answer(
        f"`{name}` has not been metered yet: the meter looks every {EVERY} minutes. Ask again after its "
        "first look."
    )


def nothing_metered(count: int) -> Answer:
    which = "Your environment has" if count == 1 else f"None of your {count} environments has"
    been = "not been metered yet" if count == 1 else "been metered yet"
    return Answer(f"{which} {been}: the meter looks every {EVERY} minutes. Ask again after its first look.")


def not_begun(wrong: PeriodError) -> Answer:
    """Of a period that is still to come."""
    return Answer(str(wrong))


def before_metering(asked: str, stretch: Stretch, watch: Watch) -> Answer:
    began = said(watch.began, watch.zone, watch.now) if watch.began else "a later time"
    days = _dates(stretch.first, stretch.last, watch.now.astimezone(watch.zone).year)
    return Answer(
        f"Metering began at {began} ({watch.zone}), so nothing is known of {_proper(asked)}, {days}."
    )


def of_one(name: str, account: Account, before: Mapping[str, int]) -> Answer:
    """``before``: micros of each service in the days compared with."""
    lead = (*_compared(account), *_bill(account), *_hours(account.hours), *_shared(account.shared))
    rest = (*_known(account), *_prices([account.found, *(s.found for s in account.shared)]))
    table = Table(("Service", "Cost", "Before"), _services(account.found, before))
    if account.change is None:
        table = Table(table.columns[:2], tuple(row[:2] for row in table.rows))
    return Answer(
        f"{name}: {_sum(account.found.micros)} {_period(account)}.", blocks(Text(lead), table, Text(rest))
    )


def of_all(
    account: Account, page: Sequence[Line], rest: Sequence[Line], *, of: int, next_page: int
) -> Answer:
    """``rest``: what neither this page shows nor one before it; ``of``: environments in all."""
    rows = [_row(line) for line in page]
    if rest:
        rows.append((f"{len(rest)} more", told(sum(line.found.micros for line in rest)), "", ""))
    hours = _hours(account.hours, "Together on" if of > 1 else "On")
    lead = (*_compared(account), *_bill(account), *hours, *_in_it(account.shared))
    caveats = (*_known(account), *_prices([account.found]))
    whose = "Your environment" if of == 1 else f"Your {of} environments"
    asked = {"period": account.asked}
    return Answer(
        f"{whose}: {_sum(account.found.micros)} {_period(account)}.",
        blocks(Text(lead), Table(("Environment", "Cost", "Change", "On"), tuple(rows)), Text(caveats)),
        more("cost", len(rest), next_page, asked),
    )


def _row(line: Line) -> tuple[str, ...]:
    found = line.found
    cost = "no price known" if found.unpriced and not found.micros else told(found.micros)
    change = _difference(line.change) if line.change else ""
    hours = line.hours
    on = f"{_whole_hours(hours.on)} of {_whole_hours(hours.passed)} h" if hours and hours.passed else ""
    return (line.name, cost, change, on)


def _services(found: Statement, before: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    ordered = sorted(found.services.items(), key=lambda pair: (-pair[1].micros, pair[0]))
    rows = [
        (
            _named(name, service.groups),
            "no price known" if service.unpriced and not service.micros else told(service.micros),
            told(before[name]) if name in before else "–",
        )
        for name, service in ordered[:TOP]
    ]
    if rest := ordered[TOP:]:
        sums = (sum(service.micros for _, service in rest), sum(before.get(name, 0) for name, _ in rest))
        rows.append((f"{len(rest)} others", told(sums[0]), told(sums[1])))
    return tuple(rows)


def _named(name: str, groups: frozenset[Group]) -> str:
    """A database's name says that it is one; what runs as tasks needs no word."""
    if not name:
        return "tasks of no service"
    kind = next((word for group, word in _KINDS if group in groups), "")
    return f"{name} ({kind})" if kind and Group.TASKS not in groups else name


def _compared(account: Account) -> tuple[str, ...]:
    change = account.change
    if change is None:
        return ()
    lead = f"Up to yesterday {told(change.micros)}:" if account.stretch.so_far else "That is"
    dates = _dates(change.first, change.last, account.year)
    before = f"on {dates}" if change.first == change.last else f"from {dates}"
    if change.micros == change.before:
        return (f"{lead} the same as {before}.",)
    if not change.before:
        return (f"{lead} all of it new, for nothing was paid {before}.",)
    return (f"{lead} {_difference(change)} than {before}.",)


def _difference(change: Compared) -> str:
    """``38 USD (11 %) more``."""
    by = change.micros - change.before
    if not by:
        return "the same"
    word = "more" if by > 0 else "less"
    if not change.before:
        return f"{told(by)} {word}"
    share = (abs(by) * 200 + change.before) // (2 * change.before)
    return f"{told(abs(by))} ({share or '<1'} %) {word}"


def _bill(account: Account) -> tuple[str, ...]:
    match account.bill:
        case Bill() as bill:
            return (_billed(bill, account.year),)
        case Unbilled(None):
            return ("What AWS billed is not known.",)
        case Unbilled(BillingQuery() as last):
            today = account.watch.now.astimezone(account.watch.zone).date()
            return (f"What AWS billed is not known. {standing(last)}", *steps(last.tags, today))
    return ()


def _billed(bill: Bill, year: int) -> str:
    first, last = bill.days
    when = f"on {_date(first, year)}" if first == last else f"from {_dates(first, last, year)}"
    change = Compared(bill.micros, bill.estimate, first, last)
    than = "the same as" if bill.micros == bill.estimate else f"{_difference(change)} than"
    of = " for tasks alone" if bill.tasks else ""
    later = " AWS may still change it." if bill.open_still else ""
    return f"AWS billed {told(bill.micros)}{of} {when}, {LABEL}: {than} estimated for the same.{later}"


def _hours(hours: Hours, lead: str = "On") -> tuple[str, ...]:
    off = hours.passed - hours.on
    if hours.passed <= 0:
        return ()
    line = f"{lead} for {_whole_hours(hours.on)} h, off for {_whole_hours(max(0, off))} h."
    paid = sorted(hours.off.items(), key=lambda pair: (-pair[1], pair[0]))
    if not paid:
        return (line,)
    parts = _listed([f"{what.value} {told(micros)}" for what, micros in paid])
    whole = told(sum(micros for _, micros in paid))
    return (f"{line} While off it still cost at least {whole}: {parts}.",)


def _shared(shared: Sequence[Shared]) -> tuple[str, ...]:
    """Beside what is an environment's own."""
    said = [f"{told(s.found.micros)} with {s.told} ({_things(s.found)})" for s in shared]
    return (f"Not in it is what it shares: {'; '.join(said)}.",) if said else ()


def _in_it(shared: Sequence[Shared]) -> tuple[str, ...]:
    if not shared:
        return ()
    return (f"{told(sum(s.found.micros for s in shared))} of it is shared, and counted once.",)


def _things(found: Statement) -> str:
    return _few([f"`{name}`" for name in sorted(found.services) if name]) or "tasks"


def _known(account: Account) -> tuple[str, ...]:
    found, watch = account.found, account.watch
    trouble = (f"AWS cannot be asked now: {account.trouble}",) if account.trouble else ()
    return (*_unpriced(found), *_guessed(found), *_gaps(watch), *trouble, *_sample(watch, account.start))


def _unpriced(found: Statement) -> tuple[str, ...]:
    names = [f"`{name}`" if name else "tasks of no service" for name in found.unpriced]
    return (f"Not counted, because no price is known: {_few(names)}.",) if names else ()


def _guessed(found: Statement) -> tuple[str, ...]:
    if not found.guessed:
        return ()
    days = "1 day is" if found.guessed == 1 else f"{found.guessed} days are"
    return (
        f"{days} back-filled from Container Insights, which does not tell Spot or ARM apart: less certain.",
    )


def _gaps(watch: Watch) -> tuple[str, ...]:
    found = [f"{_whose(each, watch)}{_gap(each.gap, watch)}" for each in watch.gaps[-GAPS:]]
    if not found:
        return ()
    left = len(watch.gaps) - GAPS
    rest = f"; {left} more before" if left > 0 else ""
    return (
        f"Nobody watched at these times ({watch.zone}); what began and ended then is missing, and so are "
        "databases and load balancers: "
        f"{'; '.join(found)}{rest}.",
    )


def _whose(each: Unwatched, watch: Watch) -> str:
    """Not said where it is of all."""
    if len(each.environments) == watch.of:
        return ""
    if len(each.environments) == 1:
        return f"`{min(each.environments)}` "
    return f"{len(each.environments)} environments "


def _gap(gap: Gap, watch: Watch) -> str:
    begin = said(gap.begin, watch.zone, watch.now)
    if gap.until is None:
        return f"since {begin}"
    same = gap.begin.astimezone(watch.zone).date() == gap.until.astimezone(watch.zone).date()
    until = f"{gap.until.astimezone(watch.zone):%H:%M}" if same else said(gap.until, watch.zone, watch.now)
    return f"from {begin} to {until}"


def _sample(watch: Watch, start: datetime) -> tuple[str, ...]:
    if watch.newest is None:
        return ()
    age = f"The newest sample is {words(watch.now - watch.newest)} old."
    if watch.began is None or watch.began <= start:
        return (age,)
    began = f"{age} Metering began at {said(watch.began, watch.zone, watch.now)} ({watch.zone})"
    if watch.now - watch.began < timedelta(minutes=EVERY):
        return (f"{began}: come back in {EVERY} minutes.",)
    return (f"{began}; from before only what still ran then is counted.",)


def _prices(statements: Sequence[Statement]) -> tuple[str, ...]:
    """Which prices, as of when, and what no figure here has in it."""
    known = sorted({price for found in statements for price in found.prices}, reverse=True)
    left = f" and {len(known) - PRICES} more" if len(known) > PRICES else ""
    which = f" ({', '.join(known[:PRICES])}{left})" if known else ""
    return (f"All at list prices{which}, without {NOT_IN_IT}.",)


def _sum(micros: int) -> str:
    return told(micros) if micros else "nothing"


def _period(account: Account) -> str:
    """*this month so far, 1 to 17 March*; *since 10 Mar, 10 to 17 March*."""
    stretch, asked = account.stretch, account.asked
    so_far = " so far" if stretch.so_far and not asked.startswith("since") else ""
    return f"{_proper(asked)}{so_far}, {_dates(stretch.first, stretch.last, account.year)}"


def _proper(asked: str) -> str:
    """With the names of days and months as they are written."""
    named = (word.title() if month(word) or weekday(word) is not None else word for word in asked.split())
    return " ".join(named)


def _dates(first: date, last: date, year: int) -> str:
    if first == last:
        return _date(first, year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_date(last, year)}"
    return f"{_date(first, year)} to {_date(last, year)}"


def _date(day: date, year: int) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}{f' {day.year}' if day.year != year else ''}"


def _whole_hours(seconds: int) -> int:
    return (seconds + ONE_HOUR // 2) // ONE_HOUR


def _few(names: Sequence[str]) -> str:
    left = len(names) - NAMES
    return _listed([*names[:NAMES], *([f"{left} more"] if left > 0 else [])])


def _with(names: Sequence[str], *, others: bool) -> str:
    left = len(names) - NAMES
    rest = [f"{left} more"] if left > 0 else []
    return _listed([*names[:NAMES], *rest, *(["others"] if others else [])])


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
