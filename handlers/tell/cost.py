"""Composes the answer of ``cost``: the sum, the sum before, and every caveat that a reader needs.

Times are in the environment's zone; if several environments have different zones, times are in UTC. Names are
those of environments that the reader may view; of others, only their existence is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from handlers.ports.money import BillingQuery
from handlers.tell.account import Account, Bill, Compared, Hours, Line, Shared, Unbilled, Watch
from handlers.tell.billing import LABEL, standing, steps
from handlers.tell.caveats import contested, contested_in, known, prices, unpriced, unpriced_in
from handlers.tell.pages import more
from handlers.tell.wording import (
    ONE_HOUR,
    date_of,
    dates,
    difference,
    few,
    listed,
    meter,
    proper,
    whole_hours,
    with_others,
)
from handlers.words.message import Table, Text, blocks
from handlers.words.result import Answer, Refusal
from policies.access.decision import refuse
from policies.cost.money import told
from policies.cost.periods import PeriodError, Stretch
from policies.cost.statement import Group, Statement
from policies.schedule.standing import said_in_full
from policies.times.instants import words

MINUTE = timedelta(minutes=1)
TOP = 12
"""The most services that a table names; the others share one row."""
_KINDS = (
    (Group.DATABASES, "database"),
    (Group.CACHES, "cache"),
    (Group.BALANCERS, "load balancer"),
    (Group.STORAGE, "storage"),
    (Group.ADDRESSES, "public address"),
)


def shared_by(shared: Shared) -> str:
    return f"shared by {with_others(shared.names, others=shared.others)}"


def none() -> Answer:
    return Answer("There is no environment here for you yet; an admin can give you a grant.")


def unmetered(name: str, every: timedelta) -> Answer:
    return Answer(f"`{name}` has not been metered{_until(every)}")


def nothing_metered(count: int, every: timedelta) -> Answer:
    which = "Your environment has" if count == 1 else f"None of your {count} environments has"
    been = "not been metered" if count == 1 else "been metered"
    return Answer(f"{which} {been}{_until(every)}")


def _until(every: timedelta) -> str:
    if not every:
        return f": {meter(every)}."
    return f" yet: {meter(every)}. Ask again after its first look."


def not_begun(wrong: PeriodError) -> Refusal:
    """The answer about a period that is still to come."""
    return Refusal(refuse("cost.time", str(wrong)))


def before_metering(asked: str, stretch: Stretch, watch: Watch) -> Answer:
    began = said_in_full(watch.began, watch.zone, watch.now) if watch.began else "a later time"
    days = dates(stretch.first, stretch.last, watch.now.astimezone(watch.zone).year)
    return Answer(f"Metering began at {began}, so nothing is known of {proper(asked)}, {days}.")


def of_one(name: str, account: Account, before: Mapping[str, int]) -> Answer:
    """The answer about one environment. ``before`` maps each service to its micros in the days that are
    compared with.
    """
    lead = (*_compared(account), *_bill(account), *_hours(account.hours), *_shared(account.shared))
    rest = (
        *unpriced(account.found),
        *contested(account.found),
        *known(account),
        *prices([account.found, *(s.found for s in account.shared)]),
    )
    table = Table(("Service", "Cost", "Before"), _services(account.found, before))
    if account.change is None or account.change.tasks:
        table = Table(table.columns[:2], tuple(row[:2] for row in table.rows))
    return Answer(f"{name}: {_sum(account.found)} {_period(account)}.", blocks(Text(lead), table, Text(rest)))


def of_all(account: Account, lines: Sequence[Line], *, skip: int, most: int, of: int) -> Answer:
    """The answer about several environments. One page holds ``most`` of the ``lines``; ``of`` counts all
    environments.
    """
    page, rest = lines[skip : skip + most], lines[skip + most :]
    rows = [_row(line) for line in page]
    if rest:
        rows.append((f"{len(rest)} more", _together(rest), "", ""))
    hours = _hours(account.hours, "Together on" if of > 1 else "On")
    billed = (*_bill(account), *_unclaimed(account))
    lead = (*_compared(account), *billed, *hours, *_dearest(account), *_in_it(account.shared))
    caveats = (*unpriced_in(lines), *contested_in(lines), *known(account), *prices([account.found]))
    whose = "Your environment" if of == 1 else f"Your {of} environments"
    asked = {"period": account.asked}
    return Answer(
        f"{whose}: {_sum(account.found)} {_period(account)}.",
        blocks(Text(lead), Table(("Environment", "Cost", "Change", "On"), tuple(rows)), Text(caveats)),
        more("cost", len(rest), skip + most, asked),
    )


def _row(line: Line) -> tuple[str, ...]:
    found = line.found
    cost = _cost(found.micros, unpriced=bool(found.unpriced)) if line.metered else "not metered yet"
    change = difference(line.change.micros, line.change.before) if line.change else ""
    hours = line.hours
    on = (
        f"{whole_hours(hours.on)} of {whole_hours(hours.passed)} h"
        if hours and hours.passed >= ONE_HOUR
        else ""
    )
    return (line.name, cost, change, on)


def _together(lines: Sequence[Line]) -> str:
    metered = [line.found.micros for line in lines if line.metered]
    return told(sum(metered)) if metered else "not metered yet"


def _cost(micros: int, *, unpriced: bool) -> str:
    return "no price known" if unpriced and not micros else told(micros)


def _services(found: Statement, before: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    ordered = sorted(found.services.items(), key=lambda pair: (-pair[1].micros, pair[0]))
    rows = [
        (
            _named(name, service.groups),
            _cost(service.micros, unpriced=service.unpriced),
            told(before[name]) if name in before else "–",
        )
        for name, service in ordered[:TOP]
    ]
    if rest := ordered[TOP:]:
        sums = (sum(service.micros for _, service in rest), sum(before.get(name, 0) for name, _ in rest))
        rows.append((f"{len(rest)} others", told(sums[0]), told(sums[1])))
    return tuple(rows)


def _named(name: str, groups: frozenset[Group]) -> str:
    """Name a service and its kind, such as a database. A service that runs as tasks needs no kind."""
    if not name:
        return "tasks of no service"
    kind = next((word for group, word in _KINDS if group in groups), "")
    return f"{name} ({kind})" if kind and Group.TASKS not in groups else name


def _compared(account: Account) -> tuple[str, ...]:
    change = account.change
    if change is None:
        return ()
    when = dates(change.first, change.last, account.year)
    before = f"on {when}" if change.first == change.last else f"from {when}"
    if change.unwatched >= MINUTE:
        before += f", when nobody watched for {words(change.unwatched)}"
    if change.tasks:
        before += "; of back-filled days nothing else is known"
    lead = _lead(account, change)
    if change.micros == change.before:
        return (f"{lead} the same as {before}.",)
    if not change.before:
        return (f"{lead} all of it new, for nothing was paid {before}.",)
    return (f"{lead} {difference(change.micros, change.before)} than {before}.",)


def _lead(account: Account, change: Compared) -> str:
    """The beginning of the comparison: *Up to yesterday 200 USD:* or *That is*."""
    so_far = account.stretch.so_far
    if not (change.left_out or change.tasks):
        return f"Up to yesterday {told(change.micros)}:" if so_far else "That is"
    are = "environment is" if change.left_out == 1 else "environments are"
    it = "it" if change.left_out == 1 else "they"
    why = f"{change.left_out} {are} not compared, because what {it} cost before is not known. "
    whose = (
        "tasks of the others" if change.left_out and change.tasks else "tasks" if change.tasks else "others"
    )
    lead = f"{'Up to yesterday the' if so_far else 'The'} {whose} cost {told(change.micros)}:"
    return f"{why if change.left_out else ''}{lead}"


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


def _unclaimed(account: Account) -> tuple[str, ...]:
    rest = account.unclaimed
    if rest is None:
        return ()
    parts = [f"{told(rest.untagged)} without a tag that tells environments apart"] if rest.untagged else []
    parts += [f"{told(rest.elsewhere)} with a tag that names no environment here"] if rest.elsewhere else []
    first, last = rest.days
    when = (
        f"of {date_of(first, account.year)}" if first == last else f"from {dates(*rest.days, account.year)}"
    )
    return (f"The payer account's bill {when} also has {listed(parts)}.",)


def _billed(bill: Bill, year: int) -> str:
    first, last = bill.days
    when = f"on {date_of(first, year)}" if first == last else f"from {dates(first, last, year)}"
    of = " for tasks alone" if bill.tasks == bill.of else ""
    later = " AWS may still change it." if bill.open_still else ""
    said = f"AWS billed {told(bill.micros)}{of} {when}, {LABEL}"
    if bill.estimate is None:
        return f"{said}; nothing was metered then, so there is no estimate beside it.{later}"
    than = "the same as" if bill.micros == bill.estimate else f"{difference(bill.micros, bill.estimate)} than"
    return f"{said}: {than} estimated for the same.{_in_part(bill)}{later}"


def _in_part(bill: Bill) -> str:
    """Say which part of the bill covers tasks alone. AWS's own tag attributes nothing but tasks."""
    said = " On some of these days it is of tasks alone." if bill.changed else ""
    if bill.tasks and bill.tasks < bill.of:
        which = "1 environment" if bill.tasks == 1 else f"{bill.tasks} environments"
        said += f" Of {which} it is of tasks alone, which is all that AWS's own tag tells."
    if bill.guessed:
        days = "1 of these days" if bill.guessed == 1 else f"{bill.guessed} of these days"
        said += f" On {days} the estimate has tasks alone, because it is back-filled."
    return said


def _hours(hours: Hours, lead: str = "On") -> tuple[str, ...]:
    off = hours.passed - hours.on
    if hours.passed < ONE_HOUR:
        return ()
    line = f"{lead} for {whole_hours(hours.on):,} h, off for {whole_hours(max(0, off)):,} h."
    paid = sorted(hours.off.items(), key=lambda pair: (-pair[1], pair[0]))
    if not paid:
        return (line,)
    parts = listed([f"{what.value} {told(micros)}" for what, micros in paid])
    whole = told(sum(micros for _, micros in paid))
    return (f"{line} While off it still cost at least {whole}: {parts}.",)


def _shared(shared: Sequence[Shared]) -> tuple[str, ...]:
    """Say what the environment shares, which its own figure excludes."""
    said = [f"{told(s.found.micros)} with {s.told} ({_things(s.found)})" for s in shared]
    return (f"What it shares is not in this figure: {'; '.join(said)}.",) if said else ()


def _dearest(account: Account) -> tuple[str, ...]:
    parts = [f"`{each.service}` in `{each.environment}` {told(each.micros)}" for each in account.dearest]
    if not parts:
        return ()
    lead = "The most expensive service is" if len(parts) == 1 else "The most expensive services are"
    return (f"{lead} {listed(parts)}.",)


def _in_it(shared: Sequence[Shared]) -> tuple[str, ...]:
    if not shared:
        return ()
    return (f"{told(sum(s.found.micros for s in shared))} of it is shared, and counted once.",)


def _things(found: Statement) -> str:
    return few([f"`{name}`" for name in sorted(found.services) if name]) or "tasks"


def _sum(found: Statement) -> str:
    """The sum in words. A cost without a known price is not zero."""
    if found.micros:
        return told(found.micros)
    return "no price known for" if found.unpriced else "nothing"


def _period(account: Account) -> str:
    """The period in words: *this month so far, 1 to 17 March* or *since 10 Mar, 10 to 17 March*."""
    stretch, asked = account.stretch, account.asked
    so_far = " so far" if stretch.so_far and not asked.startswith("since") else ""
    return f"{proper(asked)}{so_far}, {dates(stretch.first, stretch.last, account.year)}"
