"""The dates of holidays by country and subdivision, from the library ``holidays``.

Deliberately absent: what a schedule does on holidays, which ``policies.schedule.schedule`` decides.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

from policies.schedule.schedule import Holidays, Schedule
from policies.schedule.words import ScheduleError

KEPT = 256
"""Answers that are kept. Each holds a few dates, for a fleet in dozens of countries."""


class HolidayCalendars:
    """Dates of the calendars that a schedule names. Thread-safe; costs nothing for a schedule that names
    none.
    """

    def dates(self, schedule: Schedule, year: int) -> Holidays:
        """Dates of that year, the year before and the next, so that nothing is missing at either edge of a
        year.

        Raise ``ScheduleError`` for an unknown calendar.
        """
        return _union(schedule.calendars, year) if schedule.calendars else frozenset()


def check_calendars(schedule: Schedule) -> None:
    """Raise ``ScheduleError``, with a sentence, for an unknown calendar."""
    for name in schedule.calendars:
        _parts(name)


@lru_cache(maxsize=KEPT)
def _union(names: tuple[str, ...], year: int) -> Holidays:
    """The dates of several calendars. The same question returns the same object, so callers can use it as a
    key.
    """
    return frozenset(
        day for name in names for each in range(year - 1, year + 2) for day in _dates(name, each)
    )


@lru_cache(maxsize=KEPT)
def _dates(name: str, year: int) -> frozenset[date]:
    """Public holidays alone: days off for schools, for banks or by custom are not a country's days off."""
    country, part = _parts(name)
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=[year]))


def _parts(name: str) -> tuple[str, str]:
    """Country and subdivision. The library's own list is checked, because the library takes old names with a
    warning.
    """
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
    """The subdivisions of each country that a schedule can name."""
    listed = holidays.list_supported_countries(include_aliases=True)
    return {country: tuple(sorted(p for p in parts if len(p) <= 3)) for country, parts in listed.items()}
