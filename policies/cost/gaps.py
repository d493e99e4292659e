"""Times that nobody watched: what began and ended in such a time was not seen, and is not counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from policies.cost.spans import REMEMBERED


class Gap(NamedTuple):
    """``until``: ``None`` if the gap still goes on."""

    begin: datetime
    until: datetime | None


def gaps(
    watched: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime, *, now: datetime
) -> tuple[Gap, ...]:
    """Return the gaps that reach into ``[start, end)``, in order. ``watched``: stretches in order, each
    further from the next than ECS remembers a stopped task. The time before the first stretch is no gap,
    because metering had not begun.
    """
    found: list[Gap] = []
    last: datetime | None = None
    for begin, until in watched:
        if last is not None and last < end and begin > start:
            found.append(Gap(last, begin))
        last = until
    if last is not None and now - last > REMEMBERED and last < end:
        found.append(Gap(last, None))
    return tuple(found)


class Unwatched(NamedTuple):
    """A stretch in which some environments were not watched, from the begin of the first gap to the end of
    the last.
    """

    environments: frozenset[str]
    gap: Gap


def together(found: Mapping[str, Iterable[Gap]]) -> tuple[Unwatched, ...]:
    """Return the gaps of several environments, with overlapping ones joined: if the meter was away, all
    environments share one.
    """
    ordered = sorted(
        ((gap, name) for name, own in found.items() for gap in own), key=lambda pair: (pair[0].begin, pair[1])
    )
    joined: list[Unwatched] = []
    for gap, name in ordered:
        last = joined[-1] if joined else None
        if last is None or (last.gap.until is not None and last.gap.until <= gap.begin):
            joined.append(Unwatched(frozenset({name}), gap))
            continue
        both = last.gap.until, gap.until
        until = None if None in both else max(at for at in both if at is not None)
        joined[-1] = Unwatched(last.environments | {name}, Gap(last.gap.begin, until))
    return tuple(joined)
