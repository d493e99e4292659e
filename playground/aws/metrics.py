"""Metrics as CloudWatch keeps them, computed from the world's history on request.

A point exists only where there was something to measure: a service without tasks has no points (our reading),
and one without requests has no RequestCount. The load of a service is made up: it depends on the hour and is
always the same.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from playground.aws.meter import Stay

MINUTE = 60
DAY = 86_400
KEPT = ((15 * DAY, 60), (63 * DAY, 300), (455 * DAY, 3600))
"""Pairs in seconds: how far back points are kept, and the finest period that is kept there (facts/ecs 7.8).
"""
STATISTICS = ("Average", "Sum", "Minimum", "Maximum", "SampleCount")
IDLE_CPU, BUSY_CPU = 0.6, 38.0
"""Percent; the busy figure is the one at noon."""
REQUESTS = 90.0
"""Requests per minute of a used service at noon."""


@dataclass(frozen=True)
class Stretch:
    """A positive amount of something between two instants, in seconds of the epoch."""

    begin: float
    end: float
    amount: float


@dataclass(frozen=True)
class Asked:
    """A caller's question: ``begin`` and ``end`` in seconds of the epoch, ``period`` in seconds."""

    begin: float
    end: float
    period: int
    statistic: str


Point = tuple[datetime, float]
Inside = list[tuple[float, float]]
"""The contents of a bucket: seconds, and the amount during those seconds."""


def stretches(stays: Iterable[Stay], now: datetime, weigh: Callable[[Stay], float]) -> list[Stretch]:
    """Return the amounts over time, in order; ``weigh`` says what one task adds."""
    changes: dict[float, float] = defaultdict(float)
    for stay in stays:
        begin, end = stay.begin.at.timestamp(), (stay.end.at if stay.end else now).timestamp()
        if end > begin:
            changes[begin] += weigh(stay)
            changes[end] -= weigh(stay)
    found, amount, since = [], 0.0, 0.0
    for at in sorted(changes):
        if amount > 0:
            found.append(Stretch(since, at, amount))
        amount, since = amount + changes[at], at
    return found


def counted(parts: list[Stretch], asked: Asked, now: float) -> Iterator[Point]:
    """Yield points of a gauge: one sample a minute, from which a longer period shows the statistic."""
    for begin, inside in _buckets(parts, asked, now):
        yield datetime.fromtimestamp(begin, UTC), _gauge(inside, asked.statistic)


def _gauge(inside: Inside, statistic: str) -> float:
    if len(inside) == 1 and statistic in ("Average", "Minimum", "Maximum"):
        return inside[0][1]  # nearly every point: answers about two months have tens of thousands
    covered = sum(seconds for seconds, _ in inside)
    samples = max(1.0, round(covered / MINUTE))
    average = sum(seconds * amount for seconds, amount in inside) / covered
    amounts = [amount for _, amount in inside]
    shown = {
        "Average": average, "Sum": average * samples, "SampleCount": samples,
        "Minimum": min(amounts), "Maximum": max(amounts),
    }  # fmt: skip
    return shown[statistic]


def used(parts: list[Stretch], asked: Asked, now: float, *, name: str, idle: float) -> Iterator[Point]:
    """Yield CPU use in percent of the reservation; hardly any after ``idle``."""
    for begin, inside in _buckets(parts, asked, now):
        covered = sum(seconds for seconds, _ in inside)
        samples = max(1.0, round(covered / MINUTE))
        average = (IDLE_CPU if begin >= idle else BUSY_CPU * _hour(begin)) * _noise(name, begin)
        shown = {
            "Average": average, "Sum": average * samples, "SampleCount": samples,
            "Minimum": average * 0.5, "Maximum": min(100.0, average * 1.6),
        }  # fmt: skip
        yield datetime.fromtimestamp(begin, UTC), round(shown[asked.statistic], 3)


def requests(parts: list[Stretch], asked: Asked, now: float, *, name: str, idle: float) -> Iterator[Point]:
    """Yield a target group's request counts while its service had tasks, until ``idle``."""
    for begin, inside in _buckets(parts, asked, now):
        if begin >= idle:
            return
        minutes = sum(seconds for seconds, _ in inside) / MINUTE
        total = round(REQUESTS * minutes * _hour(begin) * _noise(name, begin))
        if total:
            yield datetime.fromtimestamp(begin, UTC), float(total if asked.statistic == "Sum" else 1.0)


def _buckets(parts: list[Stretch], asked: Asked, now: float) -> Iterator[tuple[float, Inside]]:
    """Yield each bucket that is neither empty nor too old to be kept, with its seconds and amounts."""
    period, first = asked.period, 0
    oldest = min(now - back for back, finest in KEPT if period >= finest)
    begin, last = max(asked.begin, oldest), min(asked.end, now)
    begin -= begin % period
    while begin < last and first < len(parts):
        if parts[first].end <= begin:
            first += 1
            continue
        if parts[first].begin >= begin + period:
            begin = parts[first].begin - parts[first].begin % period
            continue
        if parts[first].begin <= begin and parts[first].end >= begin + period:
            yield begin, [(period, parts[first].amount)]
        else:
            yield begin, list(_inside(parts, first, begin, begin + period))
        begin += period


def _inside(parts: list[Stretch], first: int, begin: float, end: float) -> Iterator[tuple[float, float]]:
    for number in range(first, len(parts)):
        part = parts[number]
        if part.begin >= end:
            return
        seconds = min(part.end, end) - max(part.begin, begin)
        if seconds > 0:
            yield seconds, part.amount


def _hour(at: float) -> float:
    """Return the share of the noon load at that hour; about a third at night."""
    hour = at % DAY / 3600
    return 0.34 + 0.66 * max(0.0, 1 - abs(hour - 12) / 7)


def _noise(name: str, at: float) -> float:
    """Return a factor from 0.85 to 1.15 that is always the same for one name and instant."""
    return 0.85 + 0.3 * zlib.crc32(f"{name}{int(at)}".encode()) / 2**32
