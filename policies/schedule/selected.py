"""Days and months as they are selected, word by word, in front of the hours of a rule."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field, replace

from policies.schedule.rules import Days
from policies.schedule.words import ScheduleError, quoted
from policies.times.wall import MONTHS

_LEAP = 2000
"""A year in which every month is as long as it can be."""


@dataclass(frozen=True)
class Selected:
    """``kinds`` has one entry for each run of words of one kind, in order: ``days`` of the week, ``dates``
    of the month, ``months``."""

    days: Days = field(default_factory=Days)
    kinds: tuple[str, ...] = ()

    @classmethod
    def of(cls, days: Days) -> Selected:
        """The selection that one word makes."""
        return cls(days, ("days" if days.week or days.nth else "dates" if days.dates else "months",))

    def beside(self, other: Selected) -> Selected:
        """Both, in this order. Raises ``ScheduleError`` where what belongs together would be a guess."""
        kinds = self.kinds + other.kinds[int(self.kinds[-1:] == other.kinds[:1]) :]
        found = Selected(self.days | other.days, kinds)
        if {"days", "dates"} <= {*kinds}:
            raise ScheduleError(
                f'"{quoted(str(found.days))}" mixes days of the week and of the month, which may mean either '
                "or both; write a rule for each. Hours look like 08:00-20:00."
            )
        if len(kinds) > len({*kinds}):
            raise ScheduleError(
                f'"{quoted(str(found.days))}" mixes days and months; write a rule for each, with its hours.'
            )
        return found

    def every_day(self) -> Days:
        """For a rule: every day of its months if none are selected. Raises ``ScheduleError`` if no such day
        ever comes."""
        days = self.days
        if len(days.months) == len(MONTHS):
            days = replace(days, months=frozenset())
        if not (days.week or days.nth or days.dates):
            return days | Days(frozenset(range(7)))
        longest = max(calendar.monthrange(_LEAP, month)[1] for month in days.months or range(1, 13))
        if days.dates and all(each.number > longest for each in days.dates):
            raise ScheduleError(
                f'"{quoted(str(days))}" never comes; these months have at most {longest} days.'
            )
        return days
