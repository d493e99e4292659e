"""What a week came to, as values: for each environment and for all, beside the weeks before it, and why.

Only what is known is summed. A week with use that has no price, or with time in which nobody looked, says so
beside its figure; a week of which nothing is known has none, and no change is told against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from policies.cost.money import MILLION
from policies.cost.prices import contested, floats
from policies.cost.spans import Source, sharers
from policies.cost.statement import Group, group
from policies.cost.usage import ON, UsageRow
from policies.times.weeks import Week

WEEKS = 4
"""Weeks side by side: the one told of and three before it."""
MOVERS = 3
MOVED = MILLION
"""Below a dollar a week nobody asks why."""
MOVED_PERCENT = 5
SERVICES = 2
"""Services that are named of one mover."""


@dataclass(frozen=True)
class Figure:
    """``micros``: ``None`` where nothing is known. ``whole``: all that was used had a price."""

    micros: int | None = None
    whole: bool = True


@dataclass(frozen=True)
class Line:
    """One environment, or what several share. ``weeks``: the oldest first, the last is the one told of.
    ``gap``: in that week there was time in which nobody looked; ``gap_before``: in the one before.
    ``backfilled``: some of it is known from Container Insights alone; ``history``: some of the weeks before.
    ``contested``: AWS's own pages disagree on a price in that week's figure.
    ``alike``: it and the week before are known in the same way; what is back-filled has tasks alone in it, so
    that beside it everything else would look new. ``tasks``: where they are not, what tasks alone cost in the
    week before and in it; ``None`` where they ran on Spot, which what is back-filled takes for on demand."""

    name: str
    weeks: tuple[Figure, ...]
    gap: bool = False
    backfilled: bool = False
    contested: bool = False
    gap_before: bool = False
    history: bool = False
    alike: bool = True
    tasks: tuple[int, int] | None = None

    @property
    def micros(self) -> int | None:
        """Of the week that is told of."""
        return self.weeks[-1].micros

    @property
    def before(self) -> int | None:
        return self.weeks[-2].micros

    @property
    def compared(self) -> tuple[int, int] | None:
        """The week before and this one, of all or of tasks alone."""
        if self.micros is None or self.before is None:
            return None
        return (self.before, self.micros) if self.alike else self.tasks

    @property
    def change(self) -> int | None:
        return self.compared[1] - self.compared[0] if self.compared else None

    @property
    def wholly_compared(self) -> bool:
        """With all that it cost."""
        return self.compared is not None and self.compared[1] == self.micros

    @property
    def known_weeks(self) -> int:
        """Up to this one, without a break."""
        unknown = [number for number, figure in enumerate(reversed(self.weeks)) if figure.micros is None]
        return unknown[0] if unknown else len(self.weeks)

    @property
    def shared(self) -> bool:
        return len(sharers(self.name)) > 1


@dataclass(frozen=True)
class Totals:
    """Of all lines. ``before`` and ``change`` are of those lines whose two weeks are both known, and alike,
    so that an environment that is new or was not looked at is no change of all. ``part``: something that
    cost in this week is not among them. ``whole``: of each all that was used is known, and had a price."""

    micros: int | None
    before: int | None
    change: int | None
    whole: bool
    part: bool = False


@dataclass(frozen=True)
class Moved:
    """A service whose cost changed. ``new``: it cost nothing the week before; ``gone``: it costs nothing
    now."""

    service: str
    change: int
    new: bool = False
    gone: bool = False


@dataclass(frozen=True)
class Mover:
    """``hours``: for how long any task ran, the week before and in this; ``None`` where it is not known."""

    name: str
    change: int
    services: tuple[Moved, ...] = ()
    hours: tuple[int, int] | None = None
    deployed: tuple[str, ...] = ()
    """Services that were deployed in the week."""
    kept_on: int = 0
    """Overrides in the week that kept it up."""


@dataclass(frozen=True)
class Looked:
    """Environments that were looked at all through the ``week`` told of, and all through the one
    ``before``. ``torn`` and ``torn_before``: that were looked at before and after a time in which nobody
    did."""

    week: Collection[str] = ()
    before: Collection[str] = ()
    torn: Collection[str] = ()
    torn_before: Collection[str] = ()


def lines(
    rows: Iterable[UsageRow], names: Collection[str], week: Week, looked: Looked = Looked()
) -> tuple[Line, ...]:
    """One for each of these environments and each share of nobody else, the dearest first."""
    weeks = week.back(WEEKS)
    kept: dict[str, dict[Week, list[UsageRow]]] = {name: defaultdict(list) for name in names}
    for row in rows:
        if row.environment not in kept and set(sharers(row.environment)) <= set(names):
            kept[row.environment] = defaultdict(list)
        if row.environment in kept:
            kept[row.environment][Week.of(row.day)].append(row)
    made = [_line(name, [found[w] for w in weeks], looked) for name, found in kept.items()]
    return tuple(sorted(made, key=lambda line: (-(line.micros or 0), line.name)))


def totals(given: Sequence[Line]) -> Totals:
    known = [line.micros for line in given if line.micros is not None]
    both = [line for line in given if line.change is not None]
    before = sum(line.compared[0] for line in both if line.compared) if both else None
    change = sum(line.change or 0 for line in both) if both else None
    return Totals(
        micros=sum(known) if known else None,
        before=before,
        change=change,
        whole=all(line.micros is not None and line.weeks[-1].whole for line in given),
        part=any(line.micros and not line.wholly_compared for line in given),
    )


def movers(given: Iterable[Line]) -> tuple[Line, ...]:
    """Those that changed most, up or down, where it is worth a word."""
    moved = [line for line in given if line.compared and _worth(*line.compared)]
    return tuple(sorted(moved, key=lambda line: -abs(line.change or 0))[:MOVERS])


def services(rows: Iterable[UsageRow], week: Week, *, tasks: bool = False) -> tuple[Moved, ...]:
    """Of one environment: whose cost changed most since the week before; of ``tasks`` alone or of all."""
    this: dict[str, int] = defaultdict(int)
    before: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.micros is not None and row.item != ON and (not tasks or _of_tasks(row)):
            (this if Week.of(row.day) == week else before)[row.service] += row.micros
    changes = {name: this.get(name, 0) - before.get(name, 0) for name in {*this, *before}}
    most = sorted(changes.items(), key=lambda each: (-abs(each[1]), each[0]))[:SERVICES]
    return tuple(
        Moved(name, change, new=not before.get(name), gone=not this.get(name))
        for name, change in most
        if abs(change) >= MOVED // 2
    )


def hours(rows: Iterable[UsageRow], week: Week) -> tuple[int, int] | None:
    """Whole hours in which any task of one environment ran, the week before and in this; ``None`` where no
    such hours are known."""
    seconds = {week.before: 0, week: 0}
    for row in rows:
        if row.item == ON and Week.of(row.day) in seconds:
            seconds[Week.of(row.day)] += row.used
    return (seconds[week.before] // 3600, seconds[week] // 3600) if any(seconds.values()) else None


def _line(name: str, weeks: Sequence[Sequence[UsageRow]], looked: Looked) -> Line:
    figures, sources = [_figure(rows) for rows in weeks], [{row.source for row in rows} for rows in weeks]
    whole, whole_before = (
        all(each in seen for each in sharers(name)) for seen in (looked.week, looked.before)
    )
    if whole and not weeks[-1]:
        figures[-1] = Figure(0)  # somebody looked all the while, and nothing was there
    if whole_before and not weeks[-2]:
        figures[-2] = Figure(0)
    now, before = sources[-1], sources[-2]
    return Line(
        name,
        tuple(figures),
        gap=_gap(name, whole, now, looked.torn),
        backfilled=Source.INSIGHTS in now,
        contested=any(row.micros and contested(row.item) for row in weeks[-1]),
        gap_before=_gap(name, whole_before, before, looked.torn_before),
        history=any(Source.INSIGHTS in each for each in sources[:-1]),
        alike=not now or not before or (now == before and len(now) == 1),
        tasks=_tasks(weeks[-2], weeks[-1]),
    )


def _gap(name: str, whole: bool, sources: Collection[Source], torn: Collection[str]) -> bool:
    """Before the first look there is none where these days are back-filled."""
    return not whole and (Source.INSIGHTS not in sources or not set(sharers(name)).isdisjoint(torn))


def _tasks(before: Sequence[UsageRow], now: Sequence[UsageRow]) -> tuple[int, int] | None:
    if any(floats(row.item) for row in (*before, *now)):
        return None
    was, is_ = (sum(row.micros or 0 for row in rows if _of_tasks(row)) for rows in (before, now))
    return was, is_


def _of_tasks(row: UsageRow) -> bool:
    return group(row.item) is Group.TASKS


def _figure(rows: Iterable[UsageRow]) -> Figure:
    paid = [row.micros for row in rows if row.item != ON]
    known = [micros for micros in paid if micros is not None]
    return Figure(sum(known) if known else None, whole=len(known) == len(paid))


def _worth(before: int, now: int) -> bool:
    change = now - before
    return abs(change) >= MOVED and abs(change) * 100 >= before * MOVED_PERCENT
