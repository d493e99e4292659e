"""Reads from rows alone what schedules saved, how budgets stand, and which days were out of line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from zoneinfo import ZoneInfo

from handlers.facts.budgeted import Look, looks, rows_of, spending, spent_so_far
from handlers.ports.desk import Desk
from handlers.weekly.known import WEEKS, Known
from policies.cost.anomalies import Anomaly, Change, ChangeKind, DayCost, anomaly
from policies.cost.budgets import Spending
from policies.cost.offs import offs, scheduled_off
from policies.cost.outlook import Outlook, outlook
from policies.cost.prices import floats
from policies.cost.savings import Interval, Savings, kept_off, saved_by_rows
from policies.cost.seconds import midnights
from policies.cost.spans import Source
from policies.cost.statement import Group, group
from policies.cost.usage import ON, UsageRow
from policies.digest.money import Budgets, Odd, OutOfLine, Saved
from policies.schedule.overrides import Override, foreseen
from policies.schedule.rows import ScheduleRow, governing
from policies.schedule.schedule import parse
from policies.schedule.transitions import Course
from policies.schedule.words import ScheduleError
from policies.service.environment import Environment
from policies.times.weeks import Week

LOOK_BACK = timedelta(days=10)
"""How long before the week, at most, a stop that held into the week was made."""
FEW = 3


def read_saved(known: Known) -> Saved:
    """Read the savings. They are unknown for an environment that was not watched throughout the week. They
    are forecast for a schedule that had stopped nothing by the end of the week.
    """
    desk = known.desk
    acting = {e.name: row for e in known.environments if (row := _acts(desk, e)) is not None}
    if not acting:
        return Saved()
    since = min(known.spans[name][0] for name in acting) - LOOK_BACK
    claims, overrides = desk.book.claims.since(since), _by_environment(desk.book.overrides.recent(since))
    found: list[tuple[str, Savings]] = []
    ahead: list[tuple[str, Outlook]] = []
    prices: set[str] = set()
    for name, row in acting.items():
        course = Course(
            name, row, foreseen(overrides.get(name, ()), desk.now), desk.holidays(parse(row.text))
        )
        was_off = offs(claims.get(name, ()), course.overrides, known.spans[name][1])
        if kept := kept_off(was_off, scheduled_off(course, *known.spans[name])):
            found.append((name, _savings(known, name, kept)))
            prices |= {r.priced for r in known.rows.get(name, ()) if r.source is Source.SEEN}
        elif not was_off and (likely := _outlook(known, course)) is not None:
            ahead.append((name, likely))
            prices |= set(likely.prices)
    return Saved(
        tuple(sorted(found, key=lambda each: (-(each[1].micros or 0), each[0]))),
        tuple(sorted(ahead, key=lambda each: (-each[1].micros, each[0]))),
        tuple(sorted(filter(None, prices))),
    )


def _savings(known: Known, name: str, kept: Iterable[Interval]) -> Savings:
    week, rows, zone = known.week, known.rows.get(name, ()), known.zones[name]
    seconds = _seconds([row for row in rows if row.source is Source.SEEN], week, zone)
    savings = saved_by_rows(kept, rows, days={d: midnights(d, zone) for d in week.days}, seconds=seconds)
    return savings if name in known.watched else replace(savings, hourly=None)


def _outlook(known: Known, course: Course) -> Outlook | None:
    """Forecast the savings; ``None`` if the schedule only stops or only starts, or keeps nothing off."""
    rows, hours = known.rows.get(course.environment, ()), course.schedule.hours_a_week()
    if hours is None or not rows:
        return None
    seconds = _seconds(rows, known.week, known.zones[course.environment])
    found = outlook(rows, hours_up=hours, seconds=seconds)
    return found if found is not None and found.micros else None


def _seconds(rows: Iterable[UsageRow], week: Week, zone: tzinfo) -> int:
    """Count the seconds from the first day of the rows to the end of the week, including any change of
    clocks.
    """
    first = min((row.day for row in rows), default=week.last)
    return (midnights(week.last, zone)[1] - midnights(first, zone)[0]) // timedelta(seconds=1)


def read_budgets(desk: Desk, names: Collection[str]) -> Budgets:
    """Read the budgets that cover only these environments, so that no figure tells of any other."""
    mine = [look for look in looks(desk.state, desk.now) if look.names <= set(names)]
    order = sorted(spent_so_far(desk, mine), key=_nearness)
    return Budgets(tuple(_spending(desk, look) for look, _ in order[:FEW]), max(0, len(order) - FEW))


def _nearness(each: tuple[Look, int]) -> tuple[Fraction, str]:
    look, spent = each
    return -Fraction(spent, look.row.budget.monthly), look.row.pattern


def _spending(desk: Desk, look: Look) -> Spending:
    rows = rows_of(desk, look, first=look.month, last=look.today)
    return spending(desk, look, here=look.places, rows=rows)


def read_out_of_line(known: Known) -> OutOfLine:
    """Read the days out of line: first whole environments, then the services of the few that are told, with
    one query for each. A day on which nobody watched for a while may look cheap, which is nothing to tell.
    """
    found: list[tuple[Environment, list[Anomaly]]] = []
    for environment in known.environments:
        whole = known.whole_days(environment)
        days = _odd(_day_costs(known.rows.get(environment.name, ())), known.week, whole)
        if told := [odd for odd in days if odd.change > 0 or odd.day in whole]:
            found.append((environment, sorted(told, key=lambda odd: -abs(odd.change))))
    found.sort(key=lambda each: (-abs(each[1][0].change), each[0].name))
    shown = tuple(Odd(e.name, _explained(known, e, days[0]), len(days) - 1) for e, days in found[:FEW])
    return OutOfLine(shown, max(0, len(found) - FEW))


def _explained(known: Known, environment: Environment, odd: Anomaly) -> Anomaly:
    first = known.week.back(WEEKS)[0].first
    days = _day_costs(known.desk.book.ledger.days.rows([environment.name], first, known.week.last))
    earlier = _earlier(days, known.whole_days(environment))
    day = next(d for d in days if d.day == odd.day)
    return anomaly(day, earlier, _changes(known.desk, environment, odd.day)) or odd


def _odd(days: Sequence[DayCost], week: Week, whole: Collection[date]) -> Iterator[Anomaly]:
    earlier = _earlier(days, whole)
    for day in days:
        if Week.of(day.day) == week and (odd := anomaly(day, earlier)) is not None:
            yield odd


def _earlier(days: Sequence[DayCost], whole: Collection[date]) -> list[DayCost]:
    """Return the days that a day may be compared with: back-filled, or watched throughout. A watched day on
    which nothing was used cost nothing.
    """
    seen = {day.day for day in days}
    nothing = [DayCost(day, {}, tasks={}) for day in sorted(set(whole) - seen)]
    return [*nothing, *(day for day in days if day.backfilled or day.day in whole)]


def _day_costs(rows: Iterable[UsageRow]) -> list[DayCost]:
    """Return the costs of the days on which anything with a price was used."""
    days: dict[date, list[UsageRow]] = defaultdict(list)
    for row in rows:
        days[row.day].append(row)
    return [
        _day_cost(day, days[day])
        for day in sorted(days)
        if any(row.micros is not None and row.item != ON for row in days[day])
    ]


def _day_cost(day: date, rows: Iterable[UsageRow]) -> DayCost:
    costs, tasks, sizes = (defaultdict[str, int](int) for _ in range(3))
    on, backfilled, spot = 0, False, False
    for row in rows:
        backfilled |= row.source is Source.INSIGHTS
        spot |= floats(row.item)
        if row.item == ON:
            on += row.used
        elif row.micros is not None:
            costs[row.service] += row.micros
            if group(row.item) is Group.TASKS:
                tasks[row.service] += row.micros
            if ".vcpu." in row.item:
                sizes[row.service] += row.used
    return DayCost(day, costs, sizes, on, backfilled, None if spot else tasks)


def _changes(desk: Desk, environment: Environment, day: date) -> Iterator[Change]:
    """Yield what is recorded about the environment: its newest deployments, a new schedule, and that somebody
    kept it on.
    """
    zone, name = ZoneInfo(environment.time_zone), environment.name
    seen = desk.book.ledger.sightings.all().get(name)
    for service in seen.services if seen else ():
        if service.deployed:
            yield Change(ChangeKind.DEPLOYMENT, service.deployed.astimezone(zone).date(), service.name)
    row = governing(environment, desk.state.schedules)
    if row is not None and row.since is not None:
        yield Change(ChangeKind.SCHEDULE, row.since.astimezone(zone).date(), by=row.set_by)
    since = datetime(day.year, day.month, day.day, tzinfo=zone) - timedelta(days=1)
    for override in desk.book.overrides.recent(since):
        if override.environment == name and override.begun and override.state == "up":
            begun, ended = override.since.astimezone(zone).date(), override.end.astimezone(zone).date()
            yield Change(ChangeKind.KEPT_ON, min(max(day, begun), ended), by=override.actor_name)


def _acts(desk: Desk, environment: Environment) -> ScheduleRow | None:
    """Return the environment's schedule row, if the clock acts on it and it can be read."""
    row = governing(environment, desk.state.schedules)
    try:
        return row if row is not None and row.mode == "act" and parse(row.text) else None
    except ScheduleError:
        return None


def _by_environment(overrides: Iterable[Override]) -> dict[str, list[Override]]:
    found: dict[str, list[Override]] = defaultdict(list)
    for override in overrides:
        found[override.environment].append(override)
    return found
