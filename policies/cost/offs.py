"""When an environment was off and who made it so, according to the clock's claims and the overrides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from policies.cost.savings import Cause, Interval, Off
from policies.schedule.claims import Claim
from policies.schedule.overrides import Override
from policies.schedule.transitions import Course


def offs(claims: Iterable[Claim], overrides: Iterable[Override], until: datetime) -> tuple[Off, ...]:
    """Return when one environment was off. A stop that the clock opened lasts until the next start, by the
    clock or by a person. A stop that the clock skipped because a person had already stopped the environment
    does not count as the clock's. An override to be off is a person's doing.
    """
    opened = [claim for claim in claims if claim.state == "opened" and claim.key.is_transition]
    held = tuple(override for override in overrides if override.begun)
    starts = [claim.at for claim in opened if claim.key.action == "start"]
    starts += [override.since for override in held if override.state == "up"]
    found = [
        Off(claim.at, min([at for at in starts if at > claim.at] + [until]), Cause.SCHEDULE)
        for claim in opened
        if claim.key.action == "stop"
    ]
    found += [Off(o.since, min(o.end, until), Cause.PERSON) for o in held if o.state == "down"]
    return tuple(off for off in found if off.begin < off.end)


def scheduled_off(course: Course, start: datetime, end: datetime) -> Iterator[Interval]:
    """Yield when the environment was meant to be off between these instants, by its row as it is now and not
    before that took effect.
    """
    if course.row.since is not None:
        start = max(start, course.row.since)
    for begin, after in pairwise(_points(course, start, end)):
        if course.wanted(begin) == "down":
            yield begin, after


def _points(course: Course, start: datetime, end: datetime) -> Sequence[datetime]:
    if start >= end:
        return ()
    inner = {edge.instant for edge in course.edges(start, end)}
    inner |= {at for o in course.overrides for at in (o.since, o.end)}
    return sorted({start, end} | {at for at in inner if start < at < end})
