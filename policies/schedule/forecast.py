"""What the next days bring, and when a large fleet will really be down: it goes no faster than AWS lets it.

Rates are those of facts/ecs 1.4 for ``UpdateService`` (burst 50, then 5 a second) and an assumption of ours
for Application Auto Scaling (burst 40, then 10 a second), of which the clock may use a share, and of that
share leaves a fifth of the burst to people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from policies.schedule.transitions import Course, Edge
from policies.times.wall import WEEKDAYS

DAYS = 7


@dataclass(frozen=True)
class Pace:
    """The rate of one kind of call, for each account and region: ``burst`` at once, then so many a second."""

    burst: float
    per_second: float


SERVICES, SCALING = Pace(50, 5), Pace(40, 10)
SHARE, RESERVE = 0.5, 0.2


@dataclass(frozen=True)
class Crowd:
    """Environments of one account and region that stop at the same instant."""

    account: str
    region: str
    at: datetime
    environments: tuple[str, ...]


def takes(services: int, *, scaled: int | None = None, share: float = SHARE) -> timedelta:
    """From the first call of a stop of so many services to the last, where nothing else is asked of AWS: one
    ``UpdateService`` each, and one ``RegisterScalableTarget`` for each that is ``scaled`` (all, if not said).
    The two are metered apart and run beside one another, so the slower one counts.
    """
    counts = ((services, SERVICES), (services if scaled is None else scaled, SCALING))
    return timedelta(seconds=max(_seconds(count, pace, share) for count, pace in counts))


def _seconds(count: int, pace: Pace, share: float) -> float:
    at_once = pace.burst * share * (1 - RESERVE)
    return max(0.0, count - at_once) / (pace.per_second * share)


def coming(course: Course, now: datetime) -> tuple[Edge, ...]:
    """The transitions of the next seven days."""
    return course.edges(now, now + timedelta(days=DAYS))


def day_by_day(edges: Iterable[Edge], zone: tzinfo) -> str:
    """*Mon 2: off 20:00 · Tue 3: on 08:00, off 20:00*."""
    days: dict[str, list[str]] = {}
    for edge in edges:
        local = edge.instant.astimezone(zone)
        name = f"{WEEKDAYS[local.weekday()]} {local.day}"
        days.setdefault(name, []).append(f"{'off' if edge.action == 'stop' else 'on'} {local:%H:%M}")
    return " · ".join(f"{name}: {', '.join(said)}" for name, said in days.items())


def crowds(
    places: Mapping[str, tuple[str, str]], edges: Mapping[str, Iterable[Edge]], least: int
) -> tuple[Crowd, ...]:
    """Times at which at least so many environments stop at once, the soonest first. ``places`` gives each
    one's account and region."""
    found: dict[tuple[datetime, str, str], list[str]] = {}
    for name, own in edges.items():
        for edge in own:
            if edge.action == "stop":
                found.setdefault((edge.instant, *places[name]), []).append(name)
    large = sorted((key, names) for key, names in found.items() if len(names) >= least)
    return tuple(Crowd(account, region, at, tuple(names)) for (at, account, region), names in large)
