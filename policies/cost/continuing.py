"""What is attached to an environment, extended from look to look.

A task tells when it began; a database does not tell since when it has been running, nor a load balancer since
when it is used. So one look only tells that a thing is there, and how it is. A thing that is there in two
looks that are close enough, and is the same, was there in between. After a longer gap nobody knows, and what
it cost meanwhile stays a gap (``policies.cost.spans.REMEMBERED``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from policies.cost.spans import REMEMBERED, Kind, Span


def continued(seen: Iterable[Span], known: Sequence[Span]) -> tuple[Span, ...]:
    """Return each span that was seen now, under the id of the span it continues, or under a new id; a span
    that is over keeps its own (``policies.cost.by_use``). ``known``: the kept spans of every owner, as far as
    they reach into the last ``REMEMBERED``.

    If several spans could be continued, the one that was seen last is. So whatever two holders write, in
    whatever order, only one of the spans continues, and no second is counted twice.
    """
    return tuple(_one(span, known) for span in seen)


def kept_as_they_are(known: Iterable[Span], at: datetime) -> tuple[Span, ...]:
    """Return the spans that a look leaves as they are if it could read the tasks and not what is attached:
    nothing is known of these, so none is taken for lost.
    """
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
