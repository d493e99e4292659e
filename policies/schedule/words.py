"""The smallest parts of the notation of schedules: days and times of day."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from policies.schedule.rules import SHORT as MONTH_NAMES
from policies.schedule.rules import Days, MonthDay
from policies.times.wall import WEEKDAYS, minutes, month, weekday

SIDES = ("start", "stop")
"""What a rule that has one side begins with."""
LONGEST_MONTH = 31
_NTH = re.compile(r"([A-Za-z]+)#(-?[1-5])")
_DATES = re.compile(r"[0-9]{1,2}[Ww]?|[0-9]{1,2}-[0-9]{1,2}")


class ScheduleError(ValueError):
    """A text is not a schedule; the message is one sentence that says what is wrong and how it is right."""


class NoZone(ScheduleError):
    """It says everything but whose clocks."""


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


def selector(text: str) -> Days | None:
    """Which days or months a word selects: ``Mon``, ``Mon-Fri``, ``Mon#1``, ``Fri#-1`` or ``FriL``; ``15``,
    ``1-7``, ``L``, ``15W``, ``LW``; ``Jan``, ``Nov-Feb``. None for what can be neither, such as a time."""
    if text.lower() in SIDES or (text[0].isdigit() and not _DATES.fullmatch(text)):
        return None
    if _DATES.fullmatch(text) or text.upper() in ("L", "LW"):
        return Days(dates=_dates(text.upper()))
    if (nth := _nth(text)) is not None:
        return Days(nth=frozenset({nth}))
    first, dash, last = text.partition("-")
    if month(first) is not None and weekday(first) is None:
        return Days(months=_run(first, last, dash, MONTH_NAMES))
    return Days(_run(first, last, dash, WEEKDAYS))


def _nth(text: str) -> tuple[int, int] | None:
    last = weekday(text[:-1]) if text[-1] in "Ll" else None
    if last is not None:
        return last, -1
    if "#" not in text:
        return None
    found = _NTH.fullmatch(text)
    if found is None:
        raise ScheduleError(
            f'"{quoted(text)}" is not a day of the month; write Mon#1 to Mon#5, or Fri#-1 for the last.'
        )
    return _position(found[1], WEEKDAYS), int(found[2])


def _run(first: str, last: str, dash: str, names: Sequence[str]) -> frozenset[int]:
    """Positions: days of the week from 0, months from 1."""
    start = _position(first, names)
    end = _position(last, names) if dash else start
    if dash and start == end:
        each = "day" if names is WEEKDAYS else "month"
        raise ScheduleError(
            f'"{quoted(f"{first}-{last}")}" is one {each} or all of them; '
            f"write {names[start]} or {names[0]}-{names[-1]}."
        )
    count, base = len(names), int(names is not WEEKDAYS)
    return frozenset((start + n) % count + base for n in range((end - start) % count + 1))


def _position(text: str, names: Sequence[str]) -> int:
    found = weekday(text) if names is WEEKDAYS else month(text)
    if found is not None:
        return found - int(names is not WEEKDAYS)
    near = difflib.get_close_matches(text[:20].title(), names, n=1, cutoff=0.6)
    raise ScheduleError(
        f'"{quoted(text)}" is not a {"day" if names is WEEKDAYS else "month"}; '
        + (f"did you mean {near[0]}?" if near else f"write {', '.join(names)}.")
    )


def _dates(text: str) -> frozenset[MonthDay]:
    """Of one word, in upper case."""
    if text[0] == "L":
        return frozenset({MonthDay(-1, text.endswith("W"))})
    first, dash, last = text.removesuffix("W").partition("-")
    numbers = range(int(first), int(last if dash else first) + 1)
    if not numbers or numbers[0] < 1 or numbers[-1] > LONGEST_MONTH:
        raise ScheduleError(
            f'"{quoted(text)}" is not a day of the month; write 1 to 31, L for the last, 15W for the nearest '
            "weekday; hours look like 08:00-20:00."
        )
    return frozenset(MonthDay(n, text.endswith("W")) for n in numbers)
