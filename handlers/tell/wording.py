"""Puts dates, differences and lists into words, for what is said of money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from policies.cost.money import told
from policies.times.wall import MONTHS, month, weekday

NAMES = 5
"""The most names that a line has; the line also says how many more there are."""
ONE_HOUR = 3_600


def difference(now: int, before: int) -> str:
    """The difference in words: ``38 USD (11 %) more``."""
    by = now - before
    if not by:
        return "the same"
    word = "more" if by > 0 else "less"
    if not before:
        return f"{told(by)} {word}"
    share = (abs(by) * 200 + before) // (2 * before)
    return f"{told(abs(by))} ({share or '<1'} %) {word}"


def proper(asked: str) -> str:
    """Capitalise the names of days and months."""
    named = (word.title() if month(word) or weekday(word) is not None else word for word in asked.split())
    return " ".join(named)


def dates(first: date, last: date, year: int) -> str:
    if first == last:
        return date_of(first, year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {date_of(last, year)}"
    return f"{date_of(first, year)} to {date_of(last, year)}"


def date_of(day: date, year: int) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}{f' {day.year}' if day.year != year else ''}"


def whole_hours(seconds: int) -> int:
    return (seconds + ONE_HOUR // 2) // ONE_HOUR


def few(names: Sequence[str]) -> str:
    left = len(names) - NAMES
    return listed([*names[:NAMES], *([f"{left} more"] if left > 0 else [])])


def with_others(names: Sequence[str], *, others: bool) -> str:
    left = len(names) - NAMES
    rest = [f"{left} more"] if left > 0 else []
    return listed([*names[:NAMES], *rest, *(["others"] if others else [])])


def listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def minutes(span: timedelta) -> str:
    """The span in words: *15 minutes* or *a minute*."""
    count = span // timedelta(minutes=1)
    return "a minute" if count == 1 else f"{count} minutes"


def meter(every: timedelta) -> str:
    """Say how often the meter looks, by its setting; zero if the meter is off."""
    if not every:
        return "the meter is off in this installation"
    return f"the meter looks every {minutes(every).removeprefix('a ')}"
