"""What is paid for while it is there: one span for each task, database or address, from its beginning on.

The meter keeps spans and no increments. Whoever sees a task a second time, late or from another replica,
writes the same span again, so nothing is counted twice; and a task seen once is counted from its true
beginning, so nothing is lost while ECS still lists it (facts/ecs 7.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    TASK = "task"
    DATABASE = "database"
    CACHE = "cache"
    BALANCER = "load balancer"
    ADDRESS = "public address"


class Source(StrEnum):
    """How a span is known."""

    SEEN = "seen"
    """By the meter, from the thing itself."""
    INSIGHTS = "back-filled"
    """From Container Insights, which knows neither Spot nor ARM: less certain."""


@dataclass(frozen=True)
class Part:
    """What a span uses all the time. ``item``: of the price list (``policies.cost.prices``). ``milli``:
    thousandths of the item's unit: 250 for a quarter of a vCPU, 500 for 512 MiB (half a GB).
    """

    item: str
    milli: int


@dataclass(frozen=True)
class Span:
    """What is paid for while it is there. ``id`` is unique for ever: a task's ARN; for things that may come
    and go under one name, the name with its beginning. ``environment``: the owner; for what several share,
    their names in order with a ``+`` between them. ``service``: the ECS service, or the thing's own name;
    empty for a task that no service keeps. ``begin``: when paying began (for a task, the start of its image
    pull, else its creation). ``until``: when it was last seen or, once ``ended``, when it was over. ``lost``:
    the span was gone before its end was seen, so ``until`` is a lower bound. ``minimum``: seconds that are
    billed at least.
    """

    id: str
    environment: str
    service: str
    kind: Kind
    parts: tuple[Part, ...]
    begin: datetime
    until: datetime
    ended: bool = False
    lost: bool = False
    minimum: int = 0
    source: Source = Source.SEEN


def merged(known: Span | None, seen: Span) -> Span:
    """Return what to keep of a span that was seen (again), in whatever order its looks are written.

    Its use stays as first seen, and so does its environment unless the span ``changes_hands``. Of two
    beginnings the later one is right, because a task is created before its image pull starts. An end that was
    seen stays; a span that was taken for lost continues if it is seen. A look that is written late takes
    nothing back.
    """
    if known is None:
        return seen
    begin = max(known.begin, seen.begin)
    if known.ended and not known.lost:
        return replace(known, begin=begin)
    until = seen.until if seen.ended else max(known.until, seen.until)
    lost = known.lost and not seen.ended and seen.until <= known.until
    return replace(known, begin=begin, until=until, ended=seen.ended or lost, lost=lost)


def changes_hands(known: Span | None, seen: Span) -> bool:
    """Return whether the span belongs to another owner by now: its environment was renamed, its service
    re-tagged, or claimed by one more environment. A look that is written late changes nothing.
    """
    if known is None or (known.ended and not known.lost):
        return False
    return known.environment != seen.environment and known.until < seen.until


def handed_over(known: Span, seen: Span) -> tuple[Span, Span]:
    """Return both parts of a span that changes hands at the moment it was last seen with its first owner: no
    second is lost and none is counted twice. The second part keeps the id, under which it is seen again.
    """
    at, begun = known.until, known.begin.isoformat()
    counted = -((known.begin - at) // timedelta(seconds=1))
    first = replace(known, id=f"{known.id} {begun}", ended=True, lost=False, minimum=0)
    return first, replace(seen, begin=at, minimum=max(0, seen.minimum - counted))


def lost(known: Span, at: datetime) -> Span:
    """Return the span as lost if a whole look at ``at`` did not find it. If a later look has found it, it
    stays.
    """
    if known.ended or known.until >= at:
        return known
    return replace(known, ended=True, lost=True)


def changed_from(pairs: Iterable[tuple[Span | None, Span]]) -> datetime | None:
    """Return the earliest instant from which any of these spans has changed; ``None`` if none has."""
    return min((_changed_from(old, new) for old, new in pairs if old != new), default=None)


def _changed_from(old: Span | None, new: Span) -> datetime:
    if old is None:
        return new.begin
    if old.begin != new.begin:
        return min(old.begin, new.begin)
    return min(old.until, new.until)


def shared_name(environments: Iterable[str]) -> str:
    """Return the name under which what these environments share is kept."""
    return "+".join(sorted(set(environments)))


def sharers(environment: str) -> tuple[str, ...]:
    """Return the environments of such a name; for an environment's own name, that one alone."""
    return tuple(environment.split("+"))


REMEMBERED = timedelta(hours=1)
"""How long ECS lists a stopped task (facts/ecs 1.2): looks that are further apart may miss one."""

RECOUNTED = timedelta(days=35)
"""A day that began earlier than this is not counted again from its spans, whatever is seen late: some of them
may have been pruned, and only the day's rows are left.
"""
