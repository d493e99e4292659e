"""`/env cost`: what an environment cost at list prices, or all that I may view; from rows, never from AWS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from handlers.ports.desk import Desk
from handlers.spent import Spent, spent
from handlers.tell import cost as tell
from handlers.tell.cost import Account, Compared, Hours, Line, Shared, Watch
from handlers.words.arguments import Hidden, sentence
from handlers.words.operation import Reach, operation
from handlers.words.result import Answer
from policies.access.people import Role
from policies.cost.gaps import together
from policies.cost.periods import THIS_MONTH, Period, PeriodError
from policies.cost.spans import sharers
from policies.cost.statement import Group, on_by_day, statement, while_off
from policies.times.wall import earliest

PAGE = 20
"""Environments an answer shows, the dearest first; more by button."""


@operation("cost", role=Role.VIEWER, reach=Reach.ONE_OR_ALL, aliases=("costs", "spend"))
def cost(
    desk: Desk,
    period: Annotated[Period | None, sentence("which days, this month if not said", "last week")] = None,
    skip: Hidden[int] = 0,
) -> Answer:
    """What an environment cost at list prices, or all of yours together, and what it cost before."""
    if not desk.environments:
        return tell.none()
    asked = [desk.named] if desk.named else desk.environments
    try:
        found = spent(desk, asked, period or THIS_MONTH, services=desk.named is not None)
    except PeriodError as wrong:
        return tell.not_begun(wrong)
    seen = frozenset(e.name for e in desk.environments)
    return _one(found, desk.named.name, seen) if desk.named else _all(found, seen, skip)


def _one(found: Spent, name: str, seen: frozenset[str]) -> Answer:
    known = found.known_from(name)
    if known is None:
        return tell.unmetered(name)
    watch = _watch(found)
    if found.lengths(name) == {}:
        return tell.before_metering(found.asked, found.stretch, watch)
    own = statement(found.of(name))
    change = _compared(found, [name])
    before = statement(found.of(name, (change.first, change.last))).services if change else {}
    account = Account(
        asked=found.asked,
        stretch=found.stretch,
        found=own,
        hours=_hours(found, name),
        watch=watch,
        change=change,
        shared=_shared(found, seen),
    )
    return tell.of_one(name, account, {n: service.micros for n, service in before.items()})


def _all(found: Spent, seen: frozenset[str], skip: int) -> Answer:
    watch, count = _watch(found), len(found.zones)
    if watch.began is None:
        return tell.nothing_metered(count)
    hours = {name: _hours(found, name) for name in found.zones}
    if not any(each.passed for each in hours.values()):
        return tell.before_metering(found.asked, found.stretch, watch)
    shared = _shared(found, seen)
    account = Account(
        asked=found.asked,
        stretch=found.stretch,
        found=statement(row for name in found.names for row in found.of(name)),
        hours=_summed(hours.values()),
        watch=watch,
        change=_compared(found, found.names),
        shared=shared,
    )
    lines = [_line(found, name, hours[name]) for name in found.zones]
    lines += [Line(tell.shared_by(each), each.found) for each in shared]
    lines.sort(key=lambda line: (-line.found.micros, line.name))
    page, rest = lines[skip : skip + PAGE], lines[skip + PAGE :]
    return tell.of_all(account, page, rest, of=count, next_page=skip + PAGE)


def _line(found: Spent, name: str, hours: Hours) -> Line:
    return Line(name, statement(found.of(name)), _compared(found, [name]), hours)


def _compared(found: Spent, names: Sequence[str]) -> Compared | None:
    """``None`` where metering had not begun on the first day that would be compared with."""
    if found.compared is None:
        return None
    days, before = found.compared
    known = [at for name in names if name in found.zones and (at := found.known_from(name)) is not None]
    if not known or min(known) > earliest(before[0], 0, found.zone):
        return None
    now, then = (
        sum(row.micros or 0 for name in names for row in found.of(name, part)) for part in (days, before)
    )
    return Compared(now, then, before[0], before[1])


def _hours(found: Spent, name: str) -> Hours:
    lengths = found.lengths(name)
    rows = [row for row in found.of(name) if row.day in lengths]
    on = sum(min(seconds, lengths[day]) for day, seconds in on_by_day(rows).items())
    return Hours(on, sum(lengths.values()), while_off(rows, lengths))


def _summed(hours: Iterable[Hours]) -> Hours:
    on, passed, off = 0, 0, dict[Group, int]()
    for each in hours:
        on, passed = on + each.on, passed + each.passed
        off = {what: off.get(what, 0) + each.off.get(what, 0) for what in off.keys() | each.off.keys()}
    return Hours(on, passed, off)


def _shared(found: Spent, seen: frozenset[str]) -> tuple[Shared, ...]:
    """Of one environment, with whom it shares; of several, who shares. Without what was not used."""
    said: list[Shared] = []
    for joined in found.shared:
        own = set(found.zones) if len(found.zones) == 1 else set()
        names = [name for name in sharers(joined) if name not in own]
        what = statement(found.of(joined))
        if what.services:
            may = tuple(name for name in names if name in seen)
            said.append(Shared(may, others=len(may) < len(names), found=what))
    return tuple(said)


def _watch(found: Spent) -> Watch:
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
    )
