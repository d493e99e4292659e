"""Which two deployments of a service are worth comparing, and which one runs now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policies.service.facts import ServiceFacts
from policies.service.history import PastDeployment, RevisionImage, last_that_worked


@dataclass(frozen=True)
class Pair:
    """``tried``: the newest deployment. ``good``: the last one before it that worked and is worth comparing;
    ``None`` if ECS remembers none.
    """

    tried: PastDeployment
    good: PastDeployment | None = None


def pair(history: Sequence[PastDeployment]) -> Pair | None:
    """Return what to compare, of a history that is newest first; ``None`` without a history.

    If the newest deployment worked, a restart of the same would say nothing, so the last one that worked with
    another content is taken, or else the last that worked.
    """
    if not history:
        return None
    tried, older = history[0], history[1:]
    worked = [past for past in older if past.worked]
    if not tried.worked:
        return Pair(tried, worked[0] if worked else None)
    other = next((past for past in worked if not _alike(past, tried)), None)
    return Pair(tried, other or (worked[0] if worked else None))


def running(history: Sequence[PastDeployment]) -> PastDeployment | None:
    """Return the deployment whose service revision serves: the newest, unless it was rolled back or stopped.
    ``None`` if that cannot be told.
    """
    if not history:
        return None
    newest = history[0]
    if newest.back_to:
        return next((past for past in history if past.revision == newest.back_to), last_that_worked(history))
    if newest.rolled_back or newest.status == "STOPPED":
        return last_that_worked(history)
    return newest


def as_it_stands(facts: ServiceFacts) -> PastDeployment:
    """Return what runs as a deployment without a record, for a service of which ECS remembers none."""
    primary = facts.primary
    digests = facts.digests
    return PastDeployment(
        arn="",
        status="",
        created_at=primary.created_at if primary else facts.at,
        definition=primary.revision if primary else facts.revision,
        images=tuple(RevisionImage(i.container, i.image, digests.get(i.container, "")) for i in facts.images),
    )


def _alike(one: PastDeployment, other: PastDeployment) -> bool:
    """Whether two deployments have the same content. An unknown content is like no other."""
    known = bool(one.definition and other.definition)
    same = (one.definition, one.digests, one.network) == (other.definition, other.digests, other.network)
    return known and same
