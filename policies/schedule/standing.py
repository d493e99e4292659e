"""How an environment stands now: the override in force, else its schedule; and the same in words.

Times in words are of the schedule's zone (of the environment's, where it has no schedule), and say so: what
text alone tells is what the schedule says. Where an edge can, each reader sees the instant in their own zone
(``policies.times.moments``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from policies.schedule.answers import LAST
from policies.schedule.overrides import Override, in_force, unbroken
from policies.schedule.rows import BY_HAND, ScheduleRow
from policies.schedule.schedule import Holidays, Schedule, parse
from policies.service.environment import Environment
from policies.times.instants import MORNING
from policies.times.moments import marked
from policies.times.reading import named_zone
from policies.times.wall import WEEKDAYS, earliest, latest

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ONE_DAY = timedelta(days=1)
_AHEAD = timedelta(days=8)
"""How far ahead the next stop is looked for; a week has every weekly one."""
FOR_EVER = LAST
SMALL_HOURS = 4
"""Until this hour a night belongs to the day before: who pauses *tonight* at 01:00 means this night."""
NOON = 12 * 60
"""Minute of the day before which a start ends the night."""


@dataclass(frozen=True)
class Standing:
    """``since`` and ``until`` bound this state (``None``: for ever, or not known); ``by`` is who set what
    holds it: a name, or ``the catalog file``.

    ``acted`` is false where the schedule does not bring the state about: it took effect after the edge, or
    only observes.
    """

    state: Literal["up", "down", "unscheduled"]
    why: str = ""
    since: datetime | None = None
    until: datetime | None = None
    by: str = ""
    zone: tzinfo = UTC
    override: Override | None = None
    row: ScheduleRow | None = None
    acted: bool = True


def standing(
    row: ScheduleRow | None,
    override: Override | None,
    now: datetime,
    holidays: Holidays = frozenset(),
    *,
    zone: tzinfo = UTC,
) -> Standing:
    """The override in force beats the schedule. ``zone`` is for words where there is no schedule.

    ``ScheduleError`` on a row whose text is no schedule.
    """
    schedule = parse(row.text) if row else None
    zone = schedule.zone if schedule else zone
    if override is not None and override.holds(now):
        return Standing(
            state=override.state,
            why=override.reason,
            since=override.since,
            until=override.end,
            by=override.actor_name or override.actor,
            zone=zone,
            override=override,
            row=row,
        )
    if row is None or schedule is None:
        return Standing("unscheduled", "no schedule", zone=zone)
    answer = schedule.at(now, holidays=holidays)
    late = row.since is not None and answer.since is not None and answer.since < row.since
    return Standing(
        state=answer.state,
        why=answer.why,
        since=answer.since,
        until=answer.until,
        by=set_by(row),
        zone=zone,
        row=row,
        acted=row.mode == "act" and not late,
    )


def standing_of(
    environment: Environment,
    row: ScheduleRow | None,
    overrides: Iterable[Override],
    now: datetime,
    holidays: Holidays = frozenset(),
) -> Standing:
    """The same, of an environment and every override there is."""
    held = in_force(overrides, environment.name, now)
    return standing(row, held, now, holidays, zone=ZoneInfo(environment.time_zone))


def words(found: Standing, now: datetime) -> str:
    """*up by schedule until 20:00 on Fri (Europe/Berlin)*, *kept on by Dev until 23:00 (Europe/Berlin) (smoke
    test)*, *stopped by schedule until 08:00 on Mon (Europe/Berlin)*."""
    until = _until(found, now)
    if found.override is not None:
        word = "on" if found.state == "up" else "off"
        why = f" ({found.why})" if found.why else ""
        return f"kept {word} by {found.by or 'somebody'}{until}{why}"
    match found.state:
        case "up":
            return f"up by schedule{until}{_observed(found)}"
        case "down" if found.acted:
            return f"stopped by schedule{until or ', and nothing starts it by itself'}"
        case "down":
            late = "" if _observed(found) else ", but left as it was: the schedule took effect later"
            return f"down by schedule{until}{_observed(found)}{late}"
        case "unscheduled" if found.row is not None and found.row.origin == BY_HAND:
            return f"on{until}, started by {set_by(found.row)}"
        case "unscheduled":
            return f"nothing scheduled{until}" if found.row else "no schedule"


Seen = Literal["on", "off", "starting", "stopping"]
"""How an environment was found, whatever holds it: what comes before its override in every answer."""


def words_seen(found: Standing, now: datetime, *, seen: Seen) -> str:
    """The same of one that was looked at: *starting; kept on by Dev until 23:00*, *stopped, though kept on by
    Dev until 23:00*, *still on; down by schedule until 08:00 on Mon*. It is called what it is."""
    if seen in ("starting", "stopping"):
        return f"{seen}; {_held_by(found, now)}"
    if seen == "off" and found.state == "unscheduled":
        return f"stopped; {words(found, now)}"
    if seen == "off" and found.state == "up":
        held = _held_by(found, now) if found.override else says(found, now)
        return f"stopped, though {held}{_observed(found)}"
    if seen == "on" and found.state == "down" and (found.acted or found.override):
        link = ", though " if found.override else "; "
        return f"still on{link}{_held_by(found, now)}"
    return words(found, now)


def _held_by(found: Standing, now: datetime) -> str:
    """What holds it, and not how it is."""
    if found.state != "down" or found.override is not None:
        return words(found, now)
    until = _until(found, now)
    return f"down by schedule{until}{_observed(found)}"


def says(found: Standing, now: datetime) -> str:
    """*its schedule has it down until 08:00 on Mon (Europe/Berlin)*: it may not be down yet."""
    if found.row is None:
        return "it has no schedule"
    until = _until(found, now)
    if found.state != "unscheduled":
        return f"its schedule has it {found.state}{until}"
    if found.row.origin == BY_HAND:
        return f"it stays on{until}, started by {set_by(found.row)}"
    return f"nothing is scheduled{until}"


def _until(found: Standing, now: datetime) -> str:
    return f" until {said_in_full(found.until, found.zone, now)}" if found.until else ""


def _observed(found: Standing) -> str:
    return " (observed only)" if found.row is not None and found.row.mode == "observe" else ""


def left_on(
    own: Standing, now: datetime, holidays: Holidays = frozenset(), *, kept_since: datetime | None = None
) -> datetime | None:
    """Until when its schedule leaves on what is on: ``FOR_EVER`` where nothing stops it, ``None`` where it
    should be off now, or only observes. ``own``: how it stands by its schedule alone.

    A stop-only schedule leaves it on until its next stop, whoever started it; ``kept_since``: an override
    keeps it on since then, at whose end a stop that came meanwhile is made up.
    """
    if own.row is None or own.row.mode != "act":
        return None
    read = parse(own.row.text)
    if own.state == "up":
        return own.until or FOR_EVER
    if not read.table.stops_only or (kept_since and own.since and own.since >= kept_since):
        return None
    ahead = read.edges(now, now + _AHEAD, holidays=holidays)
    return next((edge.instant for edge in ahead if edge.instant > now), FOR_EVER)


def left_on_after(
    row: ScheduleRow, held: Override, overrides: Iterable[Override], holidays: Holidays
) -> datetime | None:
    """Until when its schedule leaves on what ``held`` keeps on, once that has ended; ``None`` where it does
    not. ``overrides``: those before it, which it may have taken the place of."""
    if held.state != "up":
        return None
    own = standing(row, None, held.end, holidays)
    if own.since == held.end:  # it ends where a window begins, as it should
        return None
    return left_on(own, held.end, holidays, kept_since=unbroken(held, overrides))


def holder(found: Standing) -> str:
    """What holds it and who set that: *schedule Mon-Fri 08:00-20:00 Europe/Berlin, set by Olu*."""
    if found.override is not None:
        return f"override set by {found.by or 'somebody'}"
    if found.row is None:
        return "no schedule"
    on = "" if not set("*?[") & set(found.row.pattern) else f" on {found.row.pattern}"
    return f"schedule {found.row.text}{on}, set by {set_by(found.row)}"


def set_by(row: ScheduleRow) -> str:
    """Who set a row: a name, or the file."""
    if row.origin == "file":
        return f"the catalog file{f', applied by {row.set_by}' if row.set_by else ''}"
    return row.set_by or row.origin


def zone_of(environment: Environment, row: ScheduleRow | None) -> tzinfo:
    """The zone that times in words are read and said in here: the schedule's, else the environment's."""
    return parse(row.text).zone if row else ZoneInfo(environment.time_zone)


def tonight(schedule: Schedule | None, zone: tzinfo, now: datetime, holidays: Holidays) -> datetime:
    """When *Pause tonight* ends, in UTC: at the schedule's first start of the next local day if that is
    before noon, else at 06:00 of that day. So a Friday's pause does not burn the weekend."""
    local = now.astimezone(zone)
    night = local.date() - _ONE_DAY if local.hour < SMALL_HOURS else local.date()
    morning = night + _ONE_DAY
    begin, noon = max(now, earliest(morning, 0, zone)), earliest(morning, NOON, zone)
    edges = schedule.edges(begin, noon, holidays=holidays) if schedule else iter(())
    starts = (edge.instant for edge in edges if edge.action == "up" and edge.instant > now)
    return next(starts, latest(morning, MORNING, zone))


def said_in_full(instant: datetime, zone: tzinfo, now: datetime) -> str:
    """``23:00 (Europe/Berlin)``, ``06:00 tomorrow (Europe/Berlin)``, ``08:00 on Mon (Europe/Berlin)`` within
    six days, else ``08:00 on Mon 2 Mar (Europe/Berlin)`` (and the year, where it is another). A passed day is
    said with its date. The clock comes first, so that it can follow *at*, *until*, *from*, *by* and *since*.
    Marked, so that whoever can draws it in the reader's own zone."""
    return marked(instant, f"{_said(instant, zone, now)} ({zone})")


def said_by_weekday(instant: datetime, zone: tzinfo, now: datetime) -> str:
    """``06:30 on Tue (Europe/Berlin)``, today and tomorrow as well, with the date from the seventh day on:
    for the label of a button, which no edge draws in the reader's own zone and which stays for days."""
    days = (instant.astimezone(zone).date() - now.astimezone(zone).date()).days
    seen = now if days < 0 or days > 1 else now - 2 * _ONE_DAY
    return f"{_said(instant, zone, seen)} ({zone})"


def from_until(since: datetime, until: datetime, zone: tzinfo, now: datetime) -> str:
    """*from 06:30 tomorrow (Europe/Berlin) until 09:00 (Europe/Berlin)*: an end on the same day needs no
    day."""
    end = said_in_full(until, zone, seen_from(since, until, zone, now))
    return f"from {said_in_full(since, zone, now)} until {end}"


def seen_from(since: datetime, until: datetime, zone: tzinfo, now: datetime) -> datetime:
    """When an end is said as seen from: its beginning, if that is on the same day, else now."""
    same = since.astimezone(zone).date() == until.astimezone(zone).date()
    return since if same else now


def planned_words(planned: Override, zone: tzinfo, now: datetime) -> str:
    """*to be kept on by Dev from 06:30 tomorrow (Europe/Berlin) until 09:00 (Europe/Berlin) (demo)*."""
    word, why = "on" if planned.state == "up" else "off", f" ({planned.reason})" if planned.reason else ""
    span = from_until(planned.since, planned.until, zone, now)
    return f"to be kept {word} by {planned.actor_name or 'somebody'} {span}{why}"


def _said(instant: datetime, zone: tzinfo, now: datetime, *, named: str = "") -> str:
    """``named``: a zone's name, to stand right after the clock."""
    local, today = instant.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    clock = f"{local:%H:%M} {named}".strip()
    if days == 0:
        return clock
    if days == 1:
        return f"{clock} tomorrow"
    name = WEEKDAYS[local.weekday()]
    if 1 < days <= 6:
        return f"{clock} on {name}"
    year = f" {local.year}" if local.year != today.year else ""
    return f"{clock} on {name} {local.day} {_MONTHS[local.month - 1]}{year}"


def said_as_typed(
    instant: datetime, zone: tzinfo, typed: str, now: datetime, *, goes_on: bool = False
) -> str:
    """With the zone, and beside it the time in the one that somebody wrote, where the two clocks differ:
    ``00:00 tomorrow (Europe/Berlin), which is 23:00 UTC``. ``typed`` is empty if none was. ``goes_on``: the
    sentence goes on after it, so that what stands beside it ends with a comma."""
    here = said_in_full(instant, zone, now)
    there = named_zone(typed) if typed else zone
    if instant.astimezone(there).utcoffset() == instant.astimezone(zone).utcoffset():
        return here
    return f"{here}, which is {_said(instant, there, now, named=typed)}{',' if goes_on else ''}"
