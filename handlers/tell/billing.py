"""Composes what is said of the bill: how far it is known, what the questions cost, and how to activate a tag.

This is for admins. An unknown amount is never shown as zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers.ports.money import Activation, Asked, BillingQuery, TagState
from policies.cost.billed import CLUSTER_TAG
from policies.cost.money import CENT, told

LABEL = "unblended, without credits and refunds"
"""The kind of figure that a billed amount is, stated next to each one."""


def standing(query: BillingQuery | None) -> str:
    """Say how the newest question about the bill went."""
    if query is None:
        return "The bill has not been asked for yet."
    on = _on(query.day)
    match query.state:
        case Asked.ANSWERED:
            return f"The bill was read on {on}; its amounts are {LABEL}."
        case Asked.BEGUN:
            return (
                f"The bill was asked for on {on} and no answer was kept; it is asked for again the next day."
            )
        case Asked.CAPPED:
            return (
                f"On {on} the month's limit for asking Cost Explorer was reached, so the bill was not read."
            )
        case Asked.REFUSED:
            return f"The bill could not be read on {on}. {query.trouble}"
        case Asked.UNTAGGED:
            return f"The bill does not tell environments apart yet: {untagged(query.tags)}."


def untagged(tags: Sequence[TagState]) -> str:
    """Say why no amount can be attributed to an environment."""
    if not tags:
        return "nothing in it carries a cost allocation tag"
    return ", and ".join(_of_tag(tag) for tag in tags)


def spent(pages: int, limit: int) -> str:
    """Say what the questions cost. ``pages`` counts this month's pages, each of which costs a cent; ``limit``
    is the number that may be paid for.
    """
    cost, most = told(pages * CENT), told(limit * CENT)
    return f"Asking Cost Explorer has cost {cost} this month, of {most} at most."


def steps(tags: Sequence[TagState], today: date) -> tuple[str, ...]:
    """List the steps that somebody takes in the payer account; Lamplighter never takes them. The list is
    empty if all tags are active.
    """
    missing = [tag for tag in tags if tag.activation is not Activation.ACTIVE]
    if not missing:
        return ()
    keys = " ".join(f"TagKey={tag.key},Status=Active" for tag in missing)
    since = f"{_eleven_months_before(today).isoformat()}T00:00:00Z"
    return (
        *(_appear(tag.key) for tag in missing if tag.activation is Activation.ABSENT),
        "In the payer account, run `aws ce update-cost-allocation-tags-status "
        f"--cost-allocation-tags-status {keys}`; it takes effect within 24 h.",
        "For the months before, also run `aws ce start-cost-allocation-tag-backfill "
        f"--backfill-from {since}` there; AWS goes back twelve months at most.",
    )


def _appear(key: str) -> str:
    if key == CLUSTER_TAG:
        return (
            "Turn on ECS managed tags for the services (`enableECSManagedTags`) and deploy them; AWS lists "
            f"the tag {key} within 24 h after the first task carries it."
        )
    return (
        f"Tag the services with {key}, let their tasks take it over (`propagateTags`), and deploy them; AWS "
        "lists the tag within 24 h after the first task carries it."
    )


def _of_tag(tag: TagState) -> str:
    match tag.activation:
        case Activation.ACTIVE:
            return f"the tag {tag.key} is active"
        case Activation.INACTIVE:
            return f"the tag {tag.key} is not activated for cost allocation"
        case Activation.ABSENT:
            return f"Cost Explorer does not know the tag {tag.key}"


def _on(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _eleven_months_before(today: date) -> date:
    """Return the first day of a month that is never more than twelve months ago."""
    months = today.year * 12 + today.month - 1 - 11
    return date(months // 12, months % 12 + 1, 1)
