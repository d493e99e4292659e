"""What must be known to read the week's digest rightly: by which prices it was counted, what is missing, and
what is compared with what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handlers.tell import weekly_money
from handlers.tell.caveats import NOT_IN_IT, which, windows
from handlers.tell.wording import few
from policies.cost.digest import Line
from policies.digest.sections import Costs, Digest, Unread

BROKEN = "This bot has made a mistake there, which its log describes."
"""Of a section that a defect of ours has left unread."""


def footnotes(digest: Digest) -> Iterator[str]:
    match digest.costs:
        case Unread(why):
            yield f"What it cost is not known: {why}"
        case Costs(lines, _, outside, prices):
            yield f"Estimated from list prices{which(prices)}, without {NOT_IN_IT}."
            if any(not line.weeks[-1].whole for line in lines):
                yield "Some of what ran has no known price and is not in the total."
            if gaps := [line.name for line in lines if line.gap]:
                yield f"Not watched all week, so the figure is too low or missing: {_named(gaps)}."
            yield from _less_certain(lines)
            if disputed := [line.name for line in lines if line.contested]:
                yield windows(f"in {_named(disputed)}")
            if outside:
                yield "What is shared with environments that are not told of here is not in it."
    yield from weekly_money.method(digest.saved)


def _less_certain(lines: Sequence[Line]) -> Iterator[str]:
    """What the figures and the changes rest on, where that is not a meter that looked all the while."""
    knows = "which knows what tasks reserved and nothing of Spot, ARM, databases or load balancers"
    if filled := [line.name for line in lines if line.backfilled]:
        yield f"In part from Container Insights, {knows}: {_named(filled)}."
    elif filled := [line.name for line in lines if line.history]:
        yield f"The weeks before are in part from Container Insights, {knows}: {_named(filled)}."
    unlike = [line for line in lines if not line.alike and not line.wholly_compared]
    if by_tasks := [line.name for line in unlike if line.change is not None]:
        yield f"Tasks alone are compared, because one of the two weeks is back-filled: {_named(by_tasks)}."
    if spot := [line.name for line in unlike if line.change is None]:
        why = "because back-filled weeks take Spot for on demand"
        yield f"Not compared, {why}: {_named(spot)}."
    inexact = (line for line in lines if line.gap_before and not line.gap and line.change is not None)
    if before := [line.name for line in inexact]:
        yield f"Not watched all through the week before, so the change is not exact: {_named(before)}."


def _named(names: Sequence[str]) -> str:
    return few([f"`{name}`" for name in names])
