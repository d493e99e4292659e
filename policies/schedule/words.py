"""The smallest parts of the notation of schedules: days and times of day."""

from __future__ import annotations

import difflib
import re

from policies.schedule.rules import Days
from policies.times.wall import WEEKDAYS, minutes, weekday

_NTH = re.compile(r"([A-Za-z]+)#(-?[1-5])")


class ScheduleError(ValueError):
    """A text is not a schedule; the message is one sentence that says what is wrong and how it is right."""


def quoted(text: str) -> str:
    """What was written, short and printable."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"


def time_of(text: str) -> int:
    minute = minutes(text)
    if minute is None:
        raise ScheduleError(
            f'"{quoted(text)}" is not a time of day; write 00:00 to 24:00, for example 08:30.'
        )
    return minute


def days_of(text: str) -> Days:
    """``Mon``, ``Mon-Fri``, ``Sun-Thu``, ``Mon#1`` or ``Fri#-1``."""
    if "#" in text:
        found = _NTH.fullmatch(text)
        if found is None:
            raise ScheduleError(
                f'"{quoted(text)}" is not a day of the month; write Mon#1 to Mon#5, or Fri#-1 for the last.'
            )
        return Days(nth=frozenset({(_weekday(found[1]), int(found[2]))}))
    first, dash, last = text.partition("-")
    start = _weekday(first)
    if not dash:
        return Days(frozenset({start}))
    end = _weekday(last)
    if start == end:
        raise ScheduleError(
            f'"{quoted(text)}" is one day or all of them; write {WEEKDAYS[start]} or Mon-Sun.'
        )
    return Days(frozenset((start + n) % 7 for n in range((end - start) % 7 + 1)))


def _weekday(text: str) -> int:
    found = weekday(text)
    if found is not None:
        return found
    near = difflib.get_close_matches(text[:20].title(), WEEKDAYS, n=1, cutoff=0.6)
    raise ScheduleError(
        f'"{quoted(text)}" is not a day; '
        + (f"did you mean {near[0]}?" if near else f"write {', '.join(WEEKDAYS)}.")
    )
