"""What a week cost, as values: for each environment and for all, compared with the weeks before, and why.

Only what is known is summed. A week with use that has no price, or with time in which nobody looked, is
marked next to its figure. A week that is not known at all has no figure, and no change is computed against
it.
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
"""Weeks side by side: the reported week and three before it."""
MOVERS = 3
MOVED = MILLION
"""Below a change of a dollar a week nobody asks why."""
MOVED_PERCENT = 5
SERVICES = 2
"""How many services of one mover are named."""


@dataclass(frozen=True)
class Figure:
    """``micros``: ``None`` if nothing is known. ``whole``: everything that was used had a price."""

    micros: int | None = None
    whole: bool = True


@dataclass(frozen=True)
class Line:
    """The weeks of one environment, or of what several share. ``weeks``: the oldest first; the last is the
    reported week. ``gap``: in the reported week there was time in which nobody looked; ``gap_before``: the
    same in the week before. ``backfilled``: some of the reported week is known only from Container Insights;
    ``history``: the same for any week before. ``contested``: AWS's own pages disagree on a price in the
    reported week's figure.

    ``alike``: the reported week and the one before are known in the same way; a back-filled week contains
    only tasks, so that compared with it everything else would look new. ``tasks``: what only tasks cost in
    the week before and in the reported week, for weeks that are not alike; ``None`` if any ran on Spot, which
    the back-fill takes for on demand.
    """

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
        """Micros of the reported week."""
        return self.weeks[-1].micros

    @property
    def before(self) -> int | None:
        return self.weeks[-2].micros

    @property
    def compared(self) -> tuple[int, int] | None:
        """The cost of the week before and of this one: of everything, or of tasks only."""
        if self.micros is None or self.before is None:
            return None
        return (self.before, self.micros) if self.alike else self.tasks

    @property
    def change(self) -> int | None:
        return self.compared[1] - self.compared[0] if self.compared else None

    @property
    def wholly_compared(self) -> bool:
        """Whether the comparison covers everything that the week cost."""
        return self.compared is not None and self.compared[1] == self.micros

    @property
    def known_weeks(self) -> int:
        """How many weeks up to this one are known, without a break."""
        unknown = [number for number, figure in enumerate(reversed(self.weeks)) if figure.micros is None]
        return unknown[0] if unknown else len(self.weeks)

    @property
    def shared(self) -> bool:
        return len(sharers(self.name)) > 1


@dataclass(frozen=True)
class Totals:
    """Sums over all lines. ``before`` and ``change`` cover only lines whose two weeks are both known, and
    alike, so that an environment that is new or was not looked at does not change the sum. ``part``: they do
    not cover everything that cost something in this week. ``whole``: the use of each line is known, and had a
    price.
    """

    micros: int | None
    before: int | None
    change: int | None
    whole: bool
    part: bool = False


@dataclass(frozen=True)
class Moved:
    """A service whose cost changed. ``new``: the service cost nothing the week before. ``gone``: it costs
    nothing now.
    """

    service: str
    change: int
    new: bool = False
    gone: bool = False


@dataclass(frozen=True)
class Mover:
    """An environment whose cost changed, and why. ``hours``: for how long any task ran, the week before and
    this week; ``None`` if not known.
    """

    name: str
    change: int
    services: tuple[Moved, ...] = ()
    hours: tuple[int, int] | None = None
    deployed: tuple[str, ...] = ()
    """Services that were deployed in the week."""
    kept_on: int = 0
    """How many overrides in the week kept the environment up."""


@dataclass(frozen=True)
class Looked:
    """Which environments were looked at all through the reported ``week``, and all through the one
    ``before``. ``torn`` and ``torn_before``: those that were looked at before and after a time in which
    nobody looked.
    """

    week: Collection[str] = ()
    before: Collection[str] = ()
    torn: Collection[str] = ()
    torn_before: Collection[str] = ()


def lines(
    rows: Iterable[UsageRow], names: Collection[str], week: Week, looked: Looked = Looked()
) -> tuple[Line, ...]:
    """Return one line for each of these environments, and for each share that only they share; the most
    expensive first.
    """
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
    """Return the lines that changed most, up or down, if that is worth a word."""
    moved = [line for line in given if line.compared and _worth(*line.compared)]
    return tuple(sorted(moved, key=lambda line: -abs(line.change or 0))[:MOVERS])


def services(rows: Iterable[UsageRow], week: Week, *, tasks: bool = False) -> tuple[Moved, ...]:
    """Return the services of one environment whose cost changed most since the week before. ``tasks``:
    compare only tasks.
    """
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
    """Return the whole hours in which any task of one environment ran, the week before and this week;
    ``None`` if no such hours are known.
    """
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
        figures[-1] = Figure(0)  # somebody looked all the time, and nothing was there
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
    """Return whether there was a gap; the time before the first look is none if back-filled."""
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
