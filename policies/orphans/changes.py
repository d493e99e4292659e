"""Which deployments people or CI made. This bot's own deployments, and those that AWS makes by itself, do not
count.

ECS reports for certain only the newest deployment of a service (facts/ecs 8), so what was seen of the
deployment before is remembered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from policies.cost.sightings import ServiceSeen
from policies.orphans.evidence import Last


@dataclass(frozen=True)
class Change:
    """The last known deployment of a service by people or CI.

    ``at``: ``None`` if no such deployment was seen since ``since``. ``revision``: the task definition that
    the service had then.
    """

    revision: str
    since: datetime
    at: datetime | None = None


@dataclass(frozen=True)
class Changes:
    services: Mapping[str, Change] = field(default_factory=dict)


def seen(
    before: Changes, services: Sequence[ServiceSeen], ours: Collection[str], *, now: datetime
) -> Changes | None:
    """Return the changes after this look at the services.

    ``ours``: ids of deployments that this bot made. ``None`` if ECS does not report the deployment of some
    service, because then nothing is known of the environment as a whole.
    """
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
    """Return the service's last change after this look.

    A deployment of the same revision as before is a repeat: AWS retired tasks, or somebody deployed a tag
    that moved, and then the image is younger.
    """
    if service.deployed is None:
        return before
    own = service.deployment in ours
    if before is None:
        return Change(service.revision, now) if own else Change(service.revision, now, service.deployed)
    if own or (service.revision and service.revision == before.revision):
        return Change(service.revision or before.revision, before.since, before.at)
    return Change(service.revision, before.since, service.deployed)


def last(changes: Changes | None) -> Last | None:
    """Return the last change of the whole environment: the latest change of its services.

    A service that was never seen to change limits how far back the answer reaches: to when that service was
    first watched.
    """
    if changes is None or not changes.services:
        return None
    each = changes.services.values()
    at = max((change.at for change in each if change.at is not None), default=None)
    since = max((change.since for change in each if change.at is None), default=None)
    if at is None:
        return None if since is None else Last(None, since)
    return Last(at if since is None or since <= at else None, max(at, since or at))
