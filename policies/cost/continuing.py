"""What is attached to an environment, drawn out from look to look.

A task says when it began; a database does not say since when it has been running, nor a load balancer since
when it is used. So one look only says that a thing is there, and how it is. A thing that is there in two
looks that are near enough, and is the same, was there in between; after a longer gap nobody knows, and what
it cost meanwhile stays a gap (``policies.cost.spans.REMEMBERED``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from policies.cost.spans import REMEMBERED, Kind, Span


def continued(seen: Iterable[Span], known: Sequence[Span]) -> tuple[Span, ...]:
    """Each of these, seen now, under the id of the span that goes on, or under a new one; what is over has
    its own (``policies.cost.by_use``). ``known``: what is kept of whoever it is of, as far as it reaches into
    the last ``REMEMBERED``.

    Of several that could go on, the one that was seen last does. So whatever two holders write, in whatever
    order, one of them alone goes on, and no second is counted twice.
    """
    return tuple(_one(span, known) for span in seen)


def kept_as_they_are(known: Iterable[Span], at: datetime) -> tuple[Span, ...]:
    """For a look that could read the tasks and not what is attached: nothing is known of it, so none is taken
    for lost."""
    return tuple(s for s in known if s.kind is not Kind.TASK and not s.ended and s.until <= at)


def _one(seen: Span, known: Sequence[Span]) -> Span:
    if seen.ended:
        return seen
    before = [span for span in known if _goes_on(span, seen)]
    if not before:
        return replace(seen, id=f"{seen.id} @{seen.begin.isoformat()}")
    last = max(before, key=lambda span: (span.until, -span.begin.timestamp(), span.id))
    return replace(last, until=max(last.until, seen.until), ended=False, lost=False)


def _goes_on(span: Span, seen: Span) -> bool:
    same = span.id.rpartition(" @")[0] == seen.id
    alike = (span.environment, span.parts) == (seen.environment, seen.parts)
    near = span.until >= seen.until - REMEMBERED and span.begin <= seen.until
    return same and alike and near and not span.ended
