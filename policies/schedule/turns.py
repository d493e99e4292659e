"""A timetable with rules of one side, as the turns it takes: each start and each stop, those of windows too.

It is as its last turn left it. So a start with nothing that stops it lasts until the next stop or the end of
a window; and a stop outside the windows stops what people have started since. Where a start and a stop meet
(a window's end at which something starts) it is up.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Literal

from policies.schedule.answers import Answer, why_down
from policies.schedule.course import LOOK_BACK, Course, Transition, course
from policies.schedule.rules import Rule, Timetable

_ONE_DAY = timedelta(days=1)
_LEAST = timedelta(microseconds=1)


@dataclass(frozen=True, eq=False)
class Turns:
    """Made ready to be asked, for one set of holidays. Compared by identity."""

    table: Timetable
    windows: Course
    sides: tuple[tuple[Literal["up", "down"], Course], ...]
    """The turns that start something, and those that stop something."""
    cycle: timedelta
    """In which it has shown all it does, outside what is dated or off."""

    def between(self, start: datetime, end: datetime) -> Iterator[Transition]:
        """Turns from ``start`` on and before ``end``, in order; one for each instant. Many change nothing."""
        streams = [
            self.windows.transitions(start, end),
            *(self._side(*side, start, end) for side in self.sides),
        ]
        for _, met in groupby(heapq.merge(*streams), key=lambda turn: turn.instant):
            turns = list(met)
            yield next((turn for turn in turns if turn.action == "up"), turns[0])

    def _side(
        self, action: Literal["up", "down"], course: Course, start: datetime, end: datetime
    ) -> Iterator[Transition]:
        for opening in course.openings(*course.dates(start, end)):
            if start <= opening.start < end:
                yield Transition(opening.start, action, opening.day, opening.rule)

    def last(self, instant: datetime) -> Transition | None:
        """The turn that made it what it is at that instant."""
        begins = min([instant, *(each for each in self._bounds(0) if each is not None)]) - self.cycle
        for start in (*(instant - days * _ONE_DAY for days in LOOK_BACK), begins):
            found = list(self.between(start, instant + _LEAST))
            if found:
                return found[-1]
        return None

    def until(self, instant: datetime, action: str) -> datetime | None:
        """The first turn after it to another state; ``None`` if none ever comes."""
        if self.table.stops_only or self.table.starts_only:
            return None
        return next((turn.instant for turn in self.ahead(instant) if turn.action != action), None)

    def ahead(self, instant: datetime) -> Iterator[Transition]:
        """All turns that come after it and do not follow from those before them."""
        ends = max([instant, *(each for each in self._bounds(1) if each is not None)]) + self.cycle
        return self.between(instant + _LEAST, ends)

    def of_window(self, turn: Transition) -> bool:
        """Whether it is the edge of a window, and not a rule with one side."""
        return turn.rule.removesuffix(f" {self.table.zone}") in map(str, self.windows.table.rules)

    def _bounds(self, side: int) -> Iterator[datetime | None]:
        for each in (self.windows, *(side for _, side in self.sides)):
            yield datetime.combine(each.bounds[side], time(), tzinfo=UTC) if each.bounds else None

    def ups(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """When it is up between these, cut at both; none where it only starts or only stops."""
        if self.table.stops_only or self.table.starts_only:
            return
        begun = start if answer(self, start).state == "up" else None
        for turn in self.between(start, end):
            if turn.action == "up":
                begun = turn.instant if begun is None else begun
            elif begun is not None:
                if begun < turn.instant:
                    yield begun, turn.instant
                begun = None
        if begun is not None:
            yield begun, end


@lru_cache(maxsize=1_024)
def turns(table: Timetable, holidays: frozenset[date]) -> Turns:
    """Of a timetable of which some rules have one side."""
    starts = course(_only(table, [rule for rule in table.rules if rule.starts]), holidays)
    stops = course(_only(table, [rule for rule in table.rules if rule.stops]), holidays)
    both = [rule for rule in table.rules if not (rule.starts or rule.stops)]
    windows = course(_only(table, both), holidays)
    longest = max(each.cycle for each in (windows, starts, stops))
    return Turns(table, windows, (("up", starts), ("down", stops)), longest * _ONE_DAY)


def _only(table: Timetable, rules: list[Rule]) -> Timetable:
    return replace(table, rules=tuple(rules))


def answer(turns: Turns, instant: datetime) -> Answer:
    """The instant is in UTC. The answer is worked out once for all that stays the same through a day of
    UTC."""
    for start, found in reversed(_pieces(turns, instant.date())):
        if start <= instant:
            return found
    raise AssertionError("a day begins with its first piece")


@lru_cache(maxsize=4_096)
def _pieces(turns: Turns, day: date) -> tuple[tuple[datetime, Answer], ...]:
    start = datetime.combine(day, time(), tzinfo=UTC)
    within = (turn.instant for turn in turns.between(start, start + _ONE_DAY))
    return tuple((cut, _answer(turns, cut)) for cut in dict.fromkeys((start, *within)))


def _answer(turns: Turns, instant: datetime) -> Answer:
    last = turns.last(instant)
    if last is None:
        return _before(turns, instant)
    return Answer(last.action, _why(turns, last, instant), last.instant, turns.until(instant, last.action))


def _before(turns: Turns, instant: datetime) -> Answer:
    """The state before the first turn of all: by the windows, if there are any; else nothing is scheduled
    yet."""
    table = turns.table
    if turns.windows.table.rules:
        state: Literal["up", "down"] = "up" if turns.windows.whole else "down"
        return Answer(state, f"{table.rules_text} {table.zone}", None, turns.until(instant, state))
    why = f"before the first {table.rules_text} {table.zone}"
    first = next(turns.ahead(instant), None)
    return Answer("unscheduled", why, None, first.instant if first else None)


def _why(turns: Turns, last: Transition, instant: datetime) -> str:
    table = turns.table
    if table.stops_only or table.starts_only:
        other = "starts" if table.stops_only else "stops"
        return f"{table.rules_text} {table.zone}; nothing {other} it by itself"
    if last.action == "up":
        return last.rule
    return why_down(turns.windows, instant) if turns.of_window(last) else last.rule
