"""Which deployments people or CI made. This bot's own and what AWS moves by itself are not among them.

ECS tells only the newest deployment of a service for sure (facts/ecs 8), so what was seen of the one before
is remembered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from policies.cost.sightings import ServiceSeen
from policies.orphans.evidence import Last


@dataclass(frozen=True)
class Change:
    """The last deployment of a service that people or CI made, as far as is known. ``at``: ``None`` where
    none was seen since ``since``. ``revision``: the task definition that the service had then."""

    revision: str
    since: datetime
    at: datetime | None = None


@dataclass(frozen=True)
class Changes:
    services: Mapping[str, Change] = field(default_factory=dict)


def seen(
    before: Changes, services: Sequence[ServiceSeen], ours: Collection[str], *, now: datetime
) -> Changes | None:
    """With what is seen now. ``ours``: ids of deployments that this bot made. ``None``: a service does not
    say what was deployed, so nothing is known of the whole."""
    found: dict[str, Change] = {}
    for service in services:
        change = _change(before.services.get(service.name), service, ours, now)
        if change is None:
            return None
        found[service.name] = change
    return Changes(found) if found else None


def _change(
    before: Change | None, service: ServiceSeen, ours: Collection[str], now: datetime
) -> Change | None:
    """A deployment of the revision that was there already is a repeat: a retirement of AWS's, or somebody's
    of a tag that moved, whose image is younger then."""
    if service.deployed is None:
        return before
    own = service.deployment in ours
    if before is None:
        return Change(service.revision, now) if own else Change(service.revision, now, service.deployed)
    if own or (service.revision and service.revision == before.revision):
        return Change(service.revision or before.revision, before.since, before.at)
    return Change(service.revision, before.since, service.deployed)


def last(changes: Changes | None) -> Last | None:
    """Of the whole environment: the latest of its services. Where one was not seen to change, as far back as
    that one was watched."""
    if changes is None or not changes.services:
        return None
    each = changes.services.values()
    at = max((change.at for change in each if change.at is not None), default=None)
    since = max((change.since for change in each if change.at is None), default=None)
    if at is None:
        return None if since is None else Last(None, since)
    return Last(at if since is None or since <= at else None, max(at, since or at))
