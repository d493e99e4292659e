"""Deciding for 10,000 environments: what a beat of the clock costs, without the work of the gate that
follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count

from policies.schedule.schedule import parse
from tests.bench.yardstick import Taken, beside
from tests.handlers.clock.crowd import CountingClock, crowd, settle

START = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC")
HOLIDAYS = frozenset(date(2026, month, 1) for month in range(1, 13))
DISTINCT = 200
"""How many of the schedules differ, as in an installation whose teams share schedules."""


@dataclass(frozen=True)
class Decided:
    """How long deciding takes.

    ``cold``: the first beat of a new clock. ``unsettled``: the same, after a week that nobody settled.
    ``idle``: a beat with nothing due. ``again``: the beat that looks at all environments again, once in ten
    minutes. ``texts``: from the text of every row to its answer. ``asked``: the answers of rows already read.
    """

    environments: int
    cold: Taken
    unsettled: Taken
    idle: Taken
    again: Taken
    texts: Taken
    asked: Taken


def decide(environments: int, *, tries: int) -> Decided:
    cold, unsettled, idle, again = _beats(environments, tries)
    texts, asked = _texts_decided(environments, tries)
    return Decided(environments, cold, unsettled, idle, again, texts, asked)


def _beats(environments: int, tries: int) -> tuple[Taken, Taken, Taken, Taken]:
    world = crowd(environments)

    def begin_unsettled() -> None:
        world.store.memory.claims.clear()
        CountingClock(world).tick()

    unsettled = beside(begin_unsettled, tries=tries)
    settle(world)
    cold = beside(lambda: CountingClock(world).tick(), tries=tries)
    running = CountingClock(world)
    running.tick()

    def beat() -> None:
        world.forward(1)
        running.tick()

    def look_again() -> None:
        world.clock.at += timedelta(minutes=11)
        running.tick()

    idle = beside(beat, tries=tries)
    again = beside(look_again, tries=tries)
    return cold, unsettled, idle, again


def _texts_decided(environments: int, tries: int) -> tuple[Taken, Taken]:
    first = count(0, DISTINCT)
    times = environments // DISTINCT
    texts = beside(lambda: _answer(_texts(next(first)) * times, START), tries=tries)
    fleet, later = _texts(0) * times, count(1)
    _answer(fleet, START)
    asked = beside(lambda: _answer(fleet, START + timedelta(seconds=next(later))), tries=tries)
    return texts, asked


def _texts(first: int) -> list[str]:
    """Return ``DISTINCT`` schedules of four usual shapes; another ``first`` that is a multiple of
    ``DISTINCT`` gives other schedules.
    """
    texts = []
    for n in range(first, first + DISTINCT):
        opens, zone = f"{n // 60 % 24:02}:{n % 60:02}", ZONES[n // 4 % len(ZONES)]
        shapes = (
            f"Mon-Fri {opens}-20:00 {zone}",
            f"Mon-Fri {opens}-20:00, Sat 10:00-14:00 {zone} except holidays DE-BE, 2026-12-24",
            f"Mon-Fri stop {opens} {zone}",
            f"Mon#1,Wed {opens}-24:00 {zone}",
        )
        texts.append(shapes[n % 4])
    return texts


def _answer(fleet: list[str], now: datetime) -> None:
    for text in fleet:
        parse(text).at(now, holidays=HOLIDAYS)
