"""`/env cost`: what one environment, or all that the actor may view, cost at list prices; from rows, never
from AWS.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated

from handlers.facts.billed import bill, unclaimed
from handlers.facts.spent import Spent, spent
from handlers.ports.desk import Desk
from handlers.tell import cost as tell
from handlers.tell.account import Account, Compared, Hours, Line, Shared, Watch
from handlers.words.arguments import Hidden, sentence
from handlers.words.operation import Purpose, Reach, operation
from handlers.words.result import Answer, Refusal
from policies.access.people import Role
from policies.cost.gaps import together
from policies.cost.periods import THIS_MONTH, Period, PeriodError
from policies.cost.spans import sharers
from policies.cost.statement import Dear, Group, dearest, statement, while_off
from policies.service.environment import Environment

PAGE = 20
"""Environments per answer, the most expensive first; a button shows more."""

SERVICES = 3
"""The number of services named in an answer about many environments."""


@operation(
    "cost", purpose=Purpose.MONEY, role=Role.VIEWER, reach=Reach.ONE_OR_ALL, aliases=("costs", "spend")
)
def cost(
    desk: Desk,
    period: Annotated[Period | None, sentence("which days, this month if not said", "last week")] = None,
    skip: Hidden[int] = 0,
) -> Answer | Refusal:
    """What an environment cost at list prices, or all of yours together, and what it cost before."""
    if not desk.environments:
        return tell.none()
    asked = [desk.named] if desk.named else desk.environments
    try:
        found = spent(desk, asked, period or THIS_MONTH, services=desk.named is not None)
    except PeriodError as wrong:
        return tell.not_begun(wrong)
    return _one(desk, found, desk.named.name) if desk.named else _all(desk, found, skip)


def _one(desk: Desk, found: Spent, name: str) -> Answer:
    known = found.known_from(name)
    if known is None:
        return tell.unmetered(name, desk.meter_every)
    watch = _watch(desk, found)
    if not found.passed(name):
        return tell.before_metering(found.period, found.stretch, watch)
    own = statement(found.asked.of(name))
    change = _compared(found, [name])
    whole = change is not None and not change.tasks
    before = statement(found.before.of(name)).services if whole and found.before else {}
    account = Account(
        asked=found.period,
        stretch=found.stretch,
        found=own,
        hours=_hours(found, name),
        watch=watch,
        change=change,
        shared=_shared(found, desk.environments, but=name),
        bill=bill(desk, found, [name]),
        trouble=seen.trouble if (seen := desk.book.ledger.sightings.all().get(name)) else "",
    )
    return tell.of_one(name, account, {n: service.micros for n, service in before.items()})


def _all(desk: Desk, found: Spent, skip: int) -> Answer:
    watch, count = _watch(desk, found), len(found.zones)
    if watch.began is None:
        return tell.nothing_metered(count, desk.meter_every)
    hours = {name: _hours(found, name) for name in found.zones}
    if not any(each.passed for each in hours.values()):
        return tell.before_metering(found.period, found.stretch, watch)
    shared = _shared(found, desk.environments)
    account = Account(
        asked=found.period,
        stretch=found.stretch,
        found=statement(found.asked.of(*found.names)),
        hours=_summed(hours.values()),
        watch=watch,
        change=_compared(found, found.names),
        shared=shared,
        bill=bill(desk, found, found.names),
        unclaimed=unclaimed(desk, found),
    )
    lines = sorted((_line(found, name, hours[name]) for name in found.zones), key=_dear_first)
    account = replace(account, dearest=_dearest(desk, found, lines))
    lines += [Line(tell.shared_by(each), each.found) for each in shared]
    lines.sort(key=_dear_first)
    return tell.of_all(account, lines, skip=skip, most=PAGE, of=count)


def _dear_first(line: Line) -> tuple[int, str]:
    return (-line.found.micros, line.name)


def _dearest(desk: Desk, found: Spent, lines: Sequence[Line]) -> tuple[Dear, ...]:
    """Return the most expensive services of the environments shown, except any that a service of an
    environment not shown could exceed.
    """
    asked, names = found.asked, [line.name for line in lines[:PAGE]]
    totals = desk.book.ledger.days.totals(names, asked.first, asked.last, services=True)
    return dearest(totals, SERVICES, least=max((line.found.micros for line in lines[PAGE:]), default=0))


def _line(found: Spent, name: str, hours: Hours) -> Line:
    metered = found.known_from(name) is not None
    change = _compared(found, [name])
    alike = change if change is not None and not change.tasks else None
    return Line(name, statement(found.asked.of(name)), alike, hours, metered=metered)


def _compared(found: Spent, names: Sequence[str]) -> Compared | None:
    """Compare the period with the one before, for the environments that can be compared.

    If only the tasks of any of them can be compared, only tasks are compared. ``None`` if nothing can be
    compared. An environment that is new in this period does not count as a change.
    """
    can = [name for name in names if found.comparable(name)]
    if found.before is None or not any(name in found.zones for name in can):
        return None
    tasks = not all(found.alike(name) for name in can)
    now, then = found.compared(*can, tasks=tasks)
    return Compared(
        now,
        then,
        found.before.first,
        found.before.last,
        unwatched=found.unwatched_before(can),
        left_out=sum(name in found.zones and name not in can for name in names),
        tasks=tasks,
    )


def _hours(found: Spent, name: str) -> Hours:
    totals, passed = found.asked.of(name), found.passed(name)
    return Hours(min(statement(totals).on, passed), passed, while_off(totals, passed))


def _summed(hours: Iterable[Hours]) -> Hours:
    on, passed, off = 0, 0, dict[Group, int]()
    for each in hours:
        on, passed = on + each.on, passed + each.passed
        off = {what: off.get(what, 0) + each.off.get(what, 0) for what in off.keys() | each.off.keys()}
    return Hours(on, passed, off)


def _shared(found: Spent, mine: Sequence[Environment], but: str = "") -> tuple[Shared, ...]:
    """Return what several environments share, naming only those that the actor may view; leave out what was
    not used.

    ``but``: the environment asked about, which is not named among its own sharers.
    """
    seen = {e.name for e in mine}
    said: list[Shared] = []
    for joined in found.shared:
        names = [name for name in sharers(joined) if name != but]
        what = statement(found.asked.of(joined))
        if what.services:
            may = tuple(name for name in names if name in seen)
            said.append(Shared(may, others=len(may) < len(names), found=what))
    return tuple(said)


def _watch(desk: Desk, found: Spent) -> Watch:
    joined = together({name: found.gaps(name) for name in found.zones})
    began = [at for name in found.zones if (at := found.known_from(name)) is not None]
    newest = [stretches[-1].until for stretches in found.watched.values()]
    return Watch(
        zone=found.zone,
        now=found.now,
        began=min(began, default=None),
        newest=max(newest, default=None),
        gaps=joined,
        of=len(found.zones),
        every=desk.meter_every,
    )
