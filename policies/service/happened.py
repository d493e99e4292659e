"""What AWS shows to have happened to an environment's services, whoever did it, and which of it is not ours.

AWS does not say who deployed: it says who registered a revision (facts/ecs 2.9). Somebody is named as having
deployed only if the revision was registered shortly before.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.service.facts import Event

JUST_REGISTERED = timedelta(hours=1)
"""How long before a deployment its revision may have been registered for both to count as one act. Our own
choice: pipelines register, run their checks and deploy."""
SLACK = timedelta(minutes=2)
"""How long after a cause ECS may still start or stop tasks because of it: connections drain meanwhile."""
AT_ONCE = timedelta(minutes=10)
"""Starts and stops of a service's tasks that lie closer together are told as one."""
SENT = timedelta(minutes=1)
"""How far a deployment's creation may lie from our call, if the answer to the call was lost."""
Counted = tuple[datetime, str, int]
"""When ECS started or stopped tasks, which of the two, and how many."""
_TASKS = re.compile(r"has (started|stopped) ([0-9]{1,4}) (?:running )?tasks?\b")
"""The two service events that count tasks (facts/ecs 2.9)."""


@dataclass(frozen=True)
class Rollout:
    """One service deployment. ``id`` is its ARN, or the id of the entry of ``services[].deployments`` that
    shows it. ``status`` is ECS's word. ``revision`` is the task definition's name and number: *web:8*.
    ``registered_by`` is the name of the session or user that registered the revision; empty if AWS does not
    say.
    """

    service: str
    id: str
    status: str
    created_at: datetime
    finished_at: datetime | None = None
    reason: str = ""
    revision: str = ""
    registered_by: str = ""
    registered_at: datetime | None = None

    @property
    def deployed_by(self) -> str:
        """Who registered the revision for this deployment, as far as the times tell; else empty."""
        at = self.registered_at
        return self.registered_by if at and at >= self.created_at - JUST_REGISTERED else ""


@dataclass(frozen=True)
class Activity:
    """One scaling activity of Application Auto Scaling. ``what`` and ``cause`` are AWS's own sentences."""

    service: str
    at: datetime
    what: str
    cause: str = ""
    status: str = ""


@dataclass(frozen=True)
class Ran:
    """A task that no service keeps: a one-off. ``started_by`` is what whoever started it wrote, if anything.
    ``ours``: whether it is this environment's, as far as its tags tell. ``over``: whether it has ended.
    """

    id: str
    family: str
    at: datetime
    started_by: str = ""
    ours: bool = True
    over: bool = False
    exit_code: int | None = None


@dataclass(frozen=True)
class Moved:
    """Tasks of a service that ECS started and stopped, for which nothing known is the cause."""

    service: str
    at: datetime
    started: int
    stopped: int


@dataclass(frozen=True)
class Did:
    """An act of our own. ``services``: those it touched. ``known``: the ids that AWS gave to
    what it made. ``deployed``: when it asked for a deployment of a service whose answer was lost, by service.
    """

    services: frozenset[str]
    begin: datetime
    end: datetime
    known: frozenset[str] = frozenset()
    deployed: tuple[tuple[str, datetime], ...] = ()

    def covers(self, service: str, at: datetime) -> bool:
        return service in self.services and self.begin <= at <= self.end + SLACK


def session_of(arn: str) -> str:
    """The last part of an identity's ARN: the session's name of an assumed role, or a user's name. The role's
    own name is not told (facts/ecs 2.9).
    """
    return arn.rsplit("/", 1)[-1] if "/" in arn else arn.rsplit(":", 1)[-1]


def others(rollouts: Iterable[Rollout], ours: Collection[Did]) -> tuple[Rollout, ...]:
    """The deployments that we did not make, each once."""
    known = frozenset(id_ for did in ours for id_ in did.known)
    lost = [pair for did in ours for pair in did.deployed]
    found = {
        rollout.id: rollout
        for rollout in rollouts
        if rollout.id not in known
        and not any(s == rollout.service and abs(rollout.created_at - at) <= SENT for s, at in lost)
    }
    return tuple(found.values())


def not_ours(activities: Iterable[Activity], ours: Collection[Did]) -> tuple[Activity, ...]:
    """The scaling activities that no act of ours can have caused (a start that restores bounds moves
    counts).
    """
    return tuple(a for a in activities if not any(did.covers(a.service, a.at) for did in ours))


def moved(
    service: str, events: Iterable[Event], causes: Sequence[tuple[datetime, datetime]]
) -> tuple[Moved, ...]:
    """Starts and stops of tasks in none of the spans of known causes, joined where they are close."""
    counted = [
        (event.at, found[1], int(found[2]))
        for event in sorted(events, key=lambda event: event.at)
        if (found := _TASKS.search(event.text))
        and not any(begin <= event.at <= end + SLACK for begin, end in causes)
    ]
    return tuple(_joined(service, part) for part in _close(counted))


def _close(counted: Sequence[Counted]) -> list[list[Counted]]:
    parts: list[list[Counted]] = []
    for one in counted:
        if parts and one[0] - parts[-1][-1][0] <= AT_ONCE:
            parts[-1].append(one)
        else:
            parts.append([one])
    return parts


def _joined(service: str, part: Sequence[Counted]) -> Moved:
    started = sum(count for _, what, count in part if what == "started")
    stopped = sum(count for _, what, count in part if what == "stopped")
    return Moved(service, part[0][0], started, stopped)
