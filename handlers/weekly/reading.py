"""Reads what a week came to, for whoever is told of it: on demand, posted by hand, or by the clock.

Each section is read separately: a section whose source does not answer says so, and the others stand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from handlers.ports.desk import Desk
from handlers.ports.store import AuditQuery
from handlers.tell.weekly_caveats import BROKEN
from handlers.weekly.known import Known, span
from handlers.weekly.money import read_budgets, read_out_of_line, read_saved
from handlers.words.errors import StoreLost, Trouble
from policies.cost import digest as told
from policies.cost.digest import Line, Looked, Mover
from policies.cost.usage import UsageRow
from policies.digest.leftovers import Leftovers
from policies.digest.leftovers import leftovers as leftovers_of
from policies.digest.sections import Coming, Costs, Digest, Failures, Head, Unread
from policies.orphans.week import Week as Orphans
from policies.orphans.week import week as orphans_of
from policies.record.endings import unresolved
from policies.schedule.overrides import Override
from policies.schedule.rows import governing
from policies.schedule.schedule import parse
from policies.schedule.weekly import agreed
from policies.schedule.words import ScheduleError
from policies.service.environment import Environment
from policies.times.weeks import Week

LONG = timedelta(hours=1)
"""The duration after which a running operation is told as still running."""
T = TypeVar("T")


def read_week(
    desk: Desk, environments: Sequence[Environment], week: Week, *, leftovers: bool = False
) -> Digest:
    """Read the week of exactly these environments. The ``leftovers`` of their accounts are read only where
    they may be shown. Raises ``StoreLost``, because nothing is known without the database.
    """
    names = tuple(e.name for e in environments)
    known, section = Known(desk, environments, week), partial(_section, desk)
    return Digest(
        week,
        agreed((e.time_zone for e in environments), "UTC"),
        names,
        costs=section("costs", lambda: _costs(known)),
        orphans=section("orphans", lambda: _orphans(desk, names)),
        failures=section("failures", lambda: _failures(desk, environments, week)),
        coming=section("coming", lambda: _coming(desk, environments, week.after)),
        head=section("head", lambda: _head(desk)),
        saved=section("saved", lambda: read_saved(known)),
        budgets=section("budgets", lambda: read_budgets(desk, names)),
        out_of_line=section("anomalies", lambda: read_out_of_line(known)),
        leftovers=section("leftovers", lambda: _leftovers(desk, environments)) if leftovers else None,
    )


def _section(desk: Desk, what: str, read: Callable[[], T]) -> T | Unread:
    """Read one section. A defect of the bot is reported to the log and, like any trouble, costs only its
    section.
    """
    try:
        return read()
    except StoreLost:
        raise
    except Trouble as trouble:
        return Unread(trouble.sentence)
    except Exception as defect:
        desk.on_defect(f"{what} in a digest", defect)
        return Unread(BROKEN)


def _costs(known: Known) -> Costs:
    rows = tuple(row for found in known.rows.values() for row in found)
    before = known.week.before
    looked = Looked(known.watched, known.looked_at(before), known.torn(known.week), known.torn(before))
    lines = told.lines(rows, known.names, known.week, looked)
    among = known.shares.values()
    outside = any(names & known.names and not names <= known.names for names in among)
    movers = _movers(known.desk, known.environments, told.movers(lines), known.week)
    week = (known.week.first, known.week.last)
    prices = {row.priced for row in rows if row.priced and week[0] <= row.day <= week[1]}
    return Costs(lines, movers, outside, tuple(sorted(prices)))


def _movers(
    desk: Desk, environments: Sequence[Environment], lines: Sequence[Line], week: Week
) -> tuple[Mover, ...]:
    names = [line.name for line in lines]
    rows: dict[str, list[UsageRow]] = {name: [] for name in names}
    for row in desk.book.ledger.days.rows(names, week.before.first, week.last) if names else ():
        rows[row.environment].append(row)
    spans = {e.name: span(e, week) for e in environments}
    deployed = _deployed(desk, spans) if names else {}
    kept = _kept_on(desk, spans) if names else {}
    return tuple(
        Mover(
            line.name,
            line.change or 0,
            services=told.services(rows[line.name], week, tasks=not line.alike),
            hours=told.hours(rows[line.name], week),
            deployed=deployed.get(line.name, ()),
            kept_on=kept.get(line.name, 0),
        )
        for line in lines
    )


Spans = Mapping[str, tuple[datetime, datetime]]


def _deployed(desk: Desk, spans: Spans) -> dict[str, tuple[str, ...]]:
    """Return the services whose newest deployment was made in the week, as the meter last saw them."""
    return {
        name: tuple(s.name for s in seen.services if s.deployed and _within(s.deployed, spans[name]))
        for name, seen in desk.book.ledger.sightings.all().items()
        if name in spans
    }


def _kept_on(desk: Desk, spans: Spans) -> dict[str, int]:
    """Count the overrides that kept each environment up in the week, against its schedule or without one."""
    since = min(start for start, _ in spans.values())
    found: dict[str, int] = {}
    for override in desk.book.overrides.recent(since):
        start, end = spans.get(override.environment, (desk.now, desk.now))
        if override.begun and override.state == "up" and override.since < end and override.end > start:
            found[override.environment] = found.get(override.environment, 0) + 1
    return found


def _within(instant: datetime, bounds: tuple[datetime, datetime]) -> bool:
    return bounds[0] <= instant < bounds[1]


def _orphans(desk: Desk, names: Collection[str]) -> Orphans:
    return orphans_of(desk.book.orphans.findings.all(), names, desk.now)


def _leftovers(desk: Desk, environments: Sequence[Environment]) -> Leftovers:
    book, places = desk.book.orphans, {(e.account, e.region) for e in environments}
    return leftovers_of(book.findings.all(), book.sweeps.all(), places, desk.now)


def _failures(desk: Desk, environments: Sequence[Environment], week: Week) -> Failures:
    """Read the failures of the week. A failure that was made up for by now counts as made up for."""
    names = [e.name for e in environments]
    if not names:
        return Failures()
    bounds = {e.name: span(e, week) for e in environments}
    since = min(start for start, _ in bounds.values())
    ended = desk.records.ended(names, since, desk.now)
    of_week = [e for e in ended if not e.fine and _within(e.at, bounds[e.environment])]
    left = [e for e in unresolved(ended) if _within(e.at, bounds[e.environment])]
    running = [r for r in desk.records.running(names) if desk.now - r.opened_at > LONG]
    return Failures(len(of_week), tuple(left), tuple((r.name, r.environment) for r in running))


def _coming(desk: Desk, environments: Sequence[Environment], week: Week) -> Coming:
    bounds = {e.name: span(e, week) for e in environments}
    zones = {e.name: ZoneInfo(e.time_zone) for e in environments}
    overrides = [
        _local(o, zones[o.environment])
        for o in desk.book.overrides.current(desk.now)
        if o.environment in bounds and _meets(o, bounds[o.environment])
    ]
    return Coming(
        tuple(sorted(overrides, key=lambda o: (o.since, o.id))), _holidays(desk, environments, week)
    )


def _local(override: Override, zone: tzinfo) -> Override:
    """The same override, with its times as its environment's clock shows them."""
    return replace(override, since=override.since.astimezone(zone), until=override.until.astimezone(zone))


def _meets(override: Override, bounds: tuple[datetime, datetime]) -> bool:
    return override.since < bounds[1] and override.end > bounds[0]


def _holidays(
    desk: Desk, environments: Sequence[Environment], week: Week
) -> tuple[tuple[date, tuple[str, ...]], ...]:
    """Return the holidays. A schedule that cannot be read names none; the clock tells of such a schedule."""
    found: dict[date, list[str]] = {}
    for environment in environments:
        for day in _days_off(desk, environment):
            if week.first <= day <= week.last:
                found.setdefault(day, []).append(environment.name)
    return tuple((day, tuple(found[day])) for day in sorted(found))


def _days_off(desk: Desk, environment: Environment) -> Collection[date]:
    row = governing(environment, desk.state.schedules)
    try:
        return desk.holidays(parse(row.text)) if row else ()
    except ScheduleError:
        return ()


def _head(desk: Desk) -> Head | None:
    newest = desk.audit.entries(AuditQuery(limit=1))
    return Head(newest[0].seq, newest[0].hash) if newest else None
