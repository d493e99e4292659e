"""What ``start`` says."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.words.message import Offer, Table, blocks
from handlers.words.result import Choice, Refusal
from policies.capacity_rules import Count
from policies.decision import refuse


def nothing_saved(environment: str) -> Refusal:
    """For the clock."""
    return Refusal(
        refuse(
            "start.nothing-saved",
            f"Nothing is saved of `{environment}` and all of its services are at 0, so the clock does not "
            f"guess their counts. Start it by hand.",
        )
    )


def with_these_counts(environment: str, counts: Mapping[str, Count], arguments: Mapping[str, str]) -> Choice:
    """After a lost database nothing moves until a person has seen the counts."""
    rows = tuple((name, count.words) for name, count in counts.items())
    return Choice(
        f"Nothing is saved of `{environment}`, and all of its services are at 0. It would start with these "
        f"counts:",
        blocks(Table(("Service", "Tasks"), rows)),
        (Offer("Start with these counts", "start", arguments=arguments, style="primary"),),
    )
