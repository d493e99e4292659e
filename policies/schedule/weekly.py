"""What comes once a week at a wall time of its place: when it was last due, and which week it tells of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from policies.times.wall import earliest, minutes, weekday
from policies.times.weeks import Week

ON_TIME = timedelta(minutes=10)
"""Up to ten minutes late, nobody calls it late."""
TOO_OLD = timedelta(days=2)
"""After this time the channel has no more use for what was due."""


@dataclass(frozen=True)
class Weekly:
    """``weekday``: Monday is 0. ``minute``: of the wall day."""

    weekday: int
    minute: int

    @classmethod
    def read(cls, day: str, at: str) -> Weekly:
        """``Monday`` and ``09:00``. Raises ``ValueError`` on anything else."""
        found, minute = weekday(day), minutes(at)
        if found is None or minute is None:
            raise ValueError("write a day like Monday and a time like 09:00")
        return cls(found, minute)


class Lateness(StrEnum):
    ON_TIME = "on time"
    LATE = "late"
    TOO_OLD = "too old"


@dataclass(frozen=True)
class Due:
    """``week`` is the whole week that is told of: the one before that in which ``at`` lies."""

    week: Week
    at: datetime

    def lateness(self, now: datetime) -> Lateness:
        late = now - self.at
        if late > TOO_OLD:
            return Lateness.TOO_OLD
        return Lateness.ON_TIME if late <= ON_TIME else Lateness.LATE


def last_due(weekly: Weekly, zone: ZoneInfo, now: datetime) -> Due:
    """The last time that has come, whatever clock changes lie in between."""
    this = Week.of(now.astimezone(zone).date())
    due = _in(this, weekly, zone)
    return due if due.at <= now.astimezone(UTC) else _in(this.before, weekly, zone)


def agreed(zones: Iterable[str], otherwise: str) -> ZoneInfo:
    """The zone of those who share something: the one place that any of them names, else the other. Whoever
    says UTC names no place, as whoever says nothing."""
    found = set(zones) - {"UTC"}
    return ZoneInfo(found.pop() if len(found) == 1 else otherwise)


def _in(week: Week, weekly: Weekly, zone: ZoneInfo) -> Due:
    at = earliest(week.first + timedelta(days=weekly.weekday), weekly.minute, zone)
    return Due(week.before, at)
