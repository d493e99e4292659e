"""What a schedule says of days that are over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from policies.schedule.rules import Dated, DaysOff
from policies.schedule.schedule import Schedule


def passed(schedule: Schedule, now: datetime) -> Iterator[str]:
    """The parts of the schedule that are over, as they are written: dated rules, and spans of days off."""
    for rule in schedule.table.rules:
        if isinstance(rule, Dated) and rule.between(schedule.zone)[1] <= now:
            yield str(rule)
    today = now.astimezone(schedule.zone).date()
    for span in schedule.table.off.spans:
        if span[1] < today:
            yield str(DaysOff(spans=(span,))).removeprefix(" except ")


def over(part: str) -> str:
    return f'"{part}" is over; leave it out, or write a date to come.'
