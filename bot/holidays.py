"""The dates of holidays by country and subdivision, from the library ``holidays``.

Deliberately absent: what a schedule does on them, which is ``policies.schedule.schedule``'s.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

from policies.schedule.schedule import Holidays, Schedule
from policies.schedule.words import ScheduleError

KEPT = 256
"""Answers that are kept: some dates each, for a fleet in dozens of countries."""


class HolidayCalendars:
    """Dates of the calendars that a schedule names. Thread-safe; costs nothing where it names none."""

    def dates(self, schedule: Schedule, year: int) -> Holidays:
        """Of that year, the one before and the next, so that neither edge of a year wants anything.

        Raises ``ScheduleError`` for a calendar that is not known.
        """
        return _union(schedule.calendars, year) if schedule.calendars else frozenset()


def check_calendars(schedule: Schedule) -> None:
    """Raises ``ScheduleError``, with a sentence, for a calendar that is not known."""
    for name in schedule.calendars:
        _parts(name)


@lru_cache(maxsize=KEPT)
def _union(names: tuple[str, ...], year: int) -> Holidays:
    """One value per question, so that whoever keeps answers by it finds them again."""
    return frozenset(
        day for name in names for each in range(year - 1, year + 2) for day in _dates(name, each)
    )


@lru_cache(maxsize=KEPT)
def _dates(name: str, year: int) -> frozenset[date]:
    """Public ones alone: what is off for schools, banks or by custom is not a country's day off."""
    country, part = _parts(name)
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=[year]))


def _parts(name: str) -> tuple[str, str]:
    """Country and subdivision. The library is asked for its list, for it takes old names with a warning."""
    country, _, part = name.partition("-")
    parts = _countries().get(country)
    if parts is None:
        raise ScheduleError(
            f'"holidays {name}" is not known: there is no calendar of {country}; '
            f"a country is two letters, as in DE."
        )
    if part and part not in parts:
        which = f"its parts are {', '.join(parts[:20])}" if parts else "it has no parts"
        raise ScheduleError(f'"holidays {name}" is not known: {country} has no part {part}; {which}.')
    return country, part


@lru_cache(maxsize=1)
def _countries() -> dict[str, tuple[str, ...]]:
    """Parts of each country, of those that a schedule can name."""
    listed = holidays.list_supported_countries(include_aliases=True)
    return {country: tuple(sorted(p for p in parts if len(p) <= 3)) for country, parts in listed.items()}
