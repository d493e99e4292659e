"""When an environment is up: a notation people know, and an answer for any instant.

The notation is in ``policies.schedule.grammar``. Wall times become instants by the one rule of
``policies.times.wall``, so every answer is total over clock changes; a window of ``22:00-06:00`` belongs to
the day it begins on, also where days off are concerned. Dates of holidays are an argument, because a
country's calendar is not a rule of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from policies.schedule import grammar, hours, strip
from policies.schedule import turns as turning
from policies.schedule.answers import FIRST, LAST, Answer, answer
from policies.schedule.course import Course, Transition, course
from policies.schedule.rules import Timetable
from policies.schedule.turns import Turns, turns

Holidays = frozenset[date]
"""Dates of all the calendars that a schedule names (``Schedule.calendars``), for the years asked about.
A schedule that names none ignores them; one that names some and is asked without them is open on holidays."""
_NONE: Holidays = frozenset()


def no_holidays(schedule: Schedule) -> Holidays:
    """Used where nobody knows any holidays."""
    return _NONE


@dataclass(frozen=True)
class Schedule:
    """Equal if it says the same; ``str`` gives text that ``parse`` reads as an equal one."""

    table: Timetable

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its wall times; UTC for ``always`` and ``never``."""
        return ZoneInfo(self.table.zone)

    @property
    def calendars(self) -> tuple[str, ...]:
        """The names of its calendars of holidays: ``DE``, ``DE-BE``."""
        return self.table.off.calendars

    @property
    def starts(self) -> bool:
        """Whether it ever starts anything; ``False`` for stop-only schedules and ``never``."""
        return bool(self.table.rules) and not self.table.stops_only

    @property
    def one_way(self) -> bool:
        """It only starts or only stops: what it says of an instant is what came last, not what must be."""
        return self.table.stops_only or self.table.starts_only

    def at(self, instant: datetime, *, holidays: Holidays = _NONE) -> Answer:
        """The answer for any aware instant; asking again about the same day takes microseconds."""
        if self.table.one_sided:
            return turning.answer(turns(self.table, holidays), _aware(instant))
        return answer(course(self.table, holidays), _aware(instant))

    def edges(self, start: datetime, end: datetime, *, holidays: Holidays = _NONE) -> Iterator[Transition]:
        """Transitions from ``start`` on and before ``end``, in order, made as they are asked for."""
        if self.table.one_sided:
            return turns(self.table, holidays).between(_aware(start), _aware(end))
        return course(self.table, holidays).transitions(_aware(start), _aware(end))

    def hours_up(self, start: datetime, end: datetime, *, holidays: Holidays = _NONE) -> float:
        """Hours up between two instants, exactly; 0 if it only starts or only stops."""
        return strip.hours_up(self._drawn(holidays), _aware(start), _aware(end))

    def hours_a_week(self) -> float | None:
        """Hours up of the 168 in a week, on average, without days off; ``None`` for a schedule that only
        stops or only starts."""
        return hours.hours_a_week(self.table)

    def strip(self, week_start: date, *, holidays: Holidays = _NONE) -> str:
        """The seven days from that date in the schedule's zone, a line each, for monospaced type."""
        return strip.strip(self._drawn(holidays), week_start)

    def _drawn(self, holidays: Holidays) -> Course | Turns:
        return (turns if self.table.one_sided else course)(self.table, holidays)

    def __str__(self) -> str:
        return str(self.table)


@lru_cache(maxsize=4_096)
def parse(text: str) -> Schedule:
    """Raises ``ScheduleError``: one sentence, fit for the channel, on what is wrong and how it is right.

    Remembered, because rows hold text and a tick reads them all.
    """
    return Schedule(grammar.timetable(text))


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone is not an instant")
    try:
        return min(max(instant.astimezone(UTC), FIRST), LAST)
    except OverflowError:
        return LAST if instant.year > FIRST.year else FIRST
