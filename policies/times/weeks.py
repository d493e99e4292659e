"""Weeks by ISO 8601: each runs from Monday to Sunday and belongs to the year of its Thursday."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_TEXT = re.compile(r"([0-9]{4})-W([0-9]{2})")
_SEVEN = timedelta(days=7)


@dataclass(frozen=True, order=True)
class Week:
    """A week such as ``Week(2026, 53)``, whose text is ``2026-W53``."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Week:
        """Return the week of a day."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def read(cls, text: str) -> Week:
        """Read the text of a week. Raises ``ValueError`` for any text that is not the text of an existing
        week.
        """
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError("A week is written like 2026-W53.")
        week = cls(int(found[1]), int(found[2]))
        date.fromisocalendar(week.year, week.number, 1)
        return week

    @property
    def first(self) -> date:
        """The Monday of the week."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """The Sunday of the week."""
        return self.first + timedelta(days=6)

    @property
    def days(self) -> tuple[date, ...]:
        """The days from Monday to Sunday."""
        return tuple(self.first + timedelta(days=n) for n in range(7))

    @property
    def before(self) -> Week:
        return Week.of(self.first - _SEVEN)

    @property
    def after(self) -> Week:
        return Week.of(self.first + _SEVEN)

    def back(self, count: int) -> tuple[Week, ...]:
        """Return ``count`` weeks up to and including this one, the oldest first."""
        return tuple(Week.of(self.first - n * _SEVEN) for n in reversed(range(count)))

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"
