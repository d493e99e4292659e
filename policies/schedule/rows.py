"""Schedule rows: which schedule an environment is under, since when, and on what terms."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from policies.schedule.grammar import LONGEST
from policies.schedule.overrides import Override
from policies.schedule.schedule import Schedule, parse
from policies.schedule.spoken import spoken, with_zone
from policies.schedule.words import NoZone, ScheduleError
from policies.service.environment import Environment
from policies.times.instants import QUOTES

BY_HAND = "hand"
"""The origin of a row that says when what was started by hand ends."""
LEAST_NOTICE = timedelta(minutes=10)
"""The clock stops nothing without a notice at least this long before."""


@dataclass(frozen=True)
class Terms:
    """What goes with a schedule; each may be set per row in the catalog.

    ``notice``: before a stop. ``assume``: the end of a start by hand outside the window. ``bounded``: the
    longest start or keep that is a developer's right. ``longest``: of any override. ``ahead``: how far ahead
    at most an override may be planned; what recurs, or is further away, belongs into a schedule.
    ``postpone``: for how long at most a deployment in flight keeps a stop waiting.
    """

    notice: timedelta = timedelta(minutes=30)
    assume: timedelta = timedelta(hours=4)
    bounded: timedelta = timedelta(hours=14)
    longest: timedelta = timedelta(days=7)
    ahead: timedelta = timedelta(days=31)
    postpone: timedelta = timedelta(minutes=60)


@dataclass(frozen=True)
class ScheduleRow:
    """``pattern`` is an environment's name or a pattern such as ``pr-*``; ``text`` is what
    ``policies.schedule.schedule.parse`` reads.

    The row never acts on a moment before ``since`` (``None`` if it is not written yet). ``observe`` means
    that the clock says what it would have done and changes nothing.
    """

    pattern: str
    text: str
    mode: Literal["act", "observe"] = "act"
    terms: Terms = Terms()
    since: datetime | None = None
    origin: str = "file"
    set_by: str = ""

    def covers(self, environment: Environment) -> bool:
        """A pattern never matches a production environment, which is scheduled by its full name and only if
        it is open to both ``stop`` and ``start``."""
        if environment.production:
            return self.pattern == environment.name and {"stop", "start"} <= environment.open_to
        return fnmatch.fnmatchcase(environment.name, self.pattern)


@dataclass(frozen=True)
class AskedSchedule:
    """A schedule as somebody asks for it. ``zoned``: its zone was written, or it needs none; otherwise its
    wall times are those of the place it is asked for."""

    mode: Literal["act", "observe"]
    schedule: Schedule
    zoned: bool = True

    @property
    def text(self) -> str:
        """The text that reads as the same request."""
        return f"{self.mode} {self.schedule}"

    def at(self, zone: tzinfo) -> AskedSchedule:
        """With its wall times in that zone, where none was written."""
        if self.zoned:
            return self
        table = self.schedule.table
        return AskedSchedule(self.mode, parse(f"{table.rules_text} {zone}{table.off}"))


def asked_schedule(text: str) -> AskedSchedule:
    """``[act|observe] NOTATION``, or as people say it (``policies.schedule.spoken``); it acts if not said,
    and its zone may be left out. Quotes around the whole are taken off.

    Raises ``policies.schedule.schedule.ScheduleError``, with a sentence.
    """
    text = text.strip().strip(QUOTES)
    mode, _, rest = text.partition(" ")
    acts: Literal["act", "observe"] = "observe" if mode.lower() == "observe" else "act"
    said = rest if mode.lower() in ("act", "observe") else text
    try:
        return AskedSchedule(acts, parse(said))
    except ScheduleError as wrong:
        rewritten = spoken(said) if len(said) <= LONGEST else said
        if rewritten == said and not isinstance(wrong, NoZone):
            raise
    try:
        return AskedSchedule(acts, parse(rewritten))
    except NoZone:
        return AskedSchedule(acts, parse(with_zone(rewritten, "UTC")), zoned=False)


def governing(environment: Environment, rows: Iterable[ScheduleRow]) -> ScheduleRow | None:
    """The one row that applies: a full name before a pattern, a longer pattern before a shorter one, a
    file's before one from Slack, and a start's end only where there is no other."""
    covering = [row for row in rows if row.covers(environment)]
    return max(
        covering,
        key=lambda r: (
            r.origin != BY_HAND,
            r.pattern == environment.name,
            len(r.pattern),
            r.origin == "file",
            r.pattern,
        ),
        default=None,
    )


def ending(environment: str, at: datetime, zone: tzinfo) -> ScheduleRow:
    """The row of a start by hand that is to end where there is no schedule: one stop, at the next full
    minute."""
    minute = at.replace(second=0, microsecond=0)
    local = (minute if minute == at else minute + timedelta(minutes=1)).astimezone(zone)
    return ScheduleRow(environment, f"stop {local:%Y-%m-%dT%H:%M} {zone}", origin=BY_HAND)


def shown(row: ScheduleRow | None, held: Override | None, now: datetime) -> ScheduleRow | None:
    """Without the end of a start that has come: then it is under no schedule again. It holds on while
    somebody keeps it on past that (``held``: the override in force), at whose end it is stopped."""
    if row is None or row.origin != BY_HAND or held is not None:
        return row
    return row if parse(row.text).at(now).state == "unscheduled" else None
