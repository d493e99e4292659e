"""AWS, as one environment's handlers may see it.

Every implementation is built for one environment: cluster, role and region are fixed, so no caller can
name another. Every method may raise ``handlers.words.errors.Trouble``: ``Denied``, ``Throttled``, ``Absent``
and ``Rejected`` mean that nothing happened; ``Unanswered`` that it is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from policies.capacity.facts import DatabaseFacts, GroupFacts, ScalingFacts
from policies.capacity.groups import CapacityGroup
from policies.cost.fargate import TaskSize
from policies.service.environment import Membership
from policies.service.facts import ServiceFacts
from policies.service.one_off import OneOff


@dataclass(frozen=True)
class Receipt:
    """What AWS answered to a change: its request id, and what it says it started."""

    request_id: str
    deployment: str = ""
    service_deployment: str = ""
    revision: str = ""


class Services(Protocol):
    def members(self) -> Membership:
        """The live services that are this environment's own, and the disputed ones."""
        ...

    def summaries(self, services: Sequence[str], *, tasks: bool = False) -> tuple[ServiceFacts, ...]:
        """Counts, deployments and events of these services, in the order asked; absent ones are left out.
        With ``tasks`` also their tasks, images and targets, read for all of them together."""
        ...

    def facts(self, service: str, service_deployment: str = "", *, protection: bool = False) -> ServiceFacts:
        """Everything about one service: tasks, targets, images and the named (else current) service
        deployment. ``Absent`` if there is none. With ``protection`` also which of its tasks are protected,
        and until when."""
        ...

    def facts_of(self, arn: str, service_deployment: str = "") -> ServiceFacts:
        """``facts`` of exactly that service, whosever it is by now: to see what became of a change that was
        made while it was this environment's. ``Absent`` if it is deleted, or lies where this environment no
        longer does."""
        ...

    def sizes(self, services: Sequence[str]) -> tuple[TaskSize, ...]:
        """What one task of each of these services is billed by, in the order asked; absent ones are left
        out."""
        ...

    def deploy(self, service: str) -> Receipt:
        """Force a new deployment of the revision that is configured now. One attempt, never repeated."""
        ...

    def set_desired(self, service: str, count: int) -> Receipt:
        """Change the desired count and nothing else. The same end if it is repeated. ``Rejected`` for a
        daemon service, which has none."""
        ...


class Scaling(Protocol):
    """Application Auto Scaling of this environment's services. A target is never deregistered: that would
    delete its policies and scheduled actions (facts/ecs 3.2)."""

    def facts(self, services: Sequence[str]) -> Mapping[str, ScalingFacts]:
        """The scalable targets of these services; one without a target is left out."""
        ...

    def predictive(self, services: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The predictive scaling policies of these services that act on their forecast, by name: no flag
        suspends them (facts/ecs 3.2). A service without one is left out. A call for each service."""
        ...

    def suspend(self, service: str) -> Receipt:
        """Suspend all three kinds of scaling and lower the minimum to 0; the maximum stays."""
        ...

    def restore(self, service: str, scaling: ScalingFacts) -> Receipt:
        """Minimum, maximum and the three flags exactly as given."""
        ...


class Databases(Protocol):
    """The RDS instances and Aurora clusters that the catalog attaches to this environment; no others.
    An id is an instance's, or ``cluster:`` and an Aurora cluster's."""

    def facts(self) -> tuple[DatabaseFacts, ...]:
        """All of them, in the catalog's order; one that RDS does not know has the status ``absent``."""
        ...

    def stop(self, database: str) -> Receipt:
        """Ask RDS to stop it. One that is stopping or stopped already is no error. ``Rejected`` with RDS's
        code where it is in no state for that now (``InvalidDBInstanceState``: retrying helps) or never."""
        ...

    def start(self, database: str) -> Receipt:
        """Ask RDS to start it. One that is starting or available already is no error."""
        ...


class Capacities(Protocol):
    """The Auto Scaling groups behind the capacity providers that this environment's services use."""

    def groups(self, providers: Collection[str]) -> tuple[CapacityGroup, ...]:
        """Those behind these providers, by name, with who is on them now. A provider without a group, or
        that is not there, is left out."""
        ...

    def resize(self, group: str, sizes: GroupFacts) -> Receipt:
        """Set minimum, maximum and desired at once. The same end if it is repeated. ``Absent`` for a group
        that is behind none of the providers of this environment's services."""
        ...


@dataclass(frozen=True)
class Moves:
    """What a stop is about to move, and the start after it: names of services whose count changes, of those
    whose scaling does, of databases and of Auto Scaling groups."""

    services: tuple[str, ...] = ()
    scaled: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class Permissions(Protocol):
    def lacking(self, moves: Moves) -> Mapping[str, tuple[str, ...]]:
        """What the environment's role may not do of this: each action (``rds:StopDBInstance``), in order,
        with the names on which it is denied. Asked of IAM, without trying. ``Trouble`` where IAM does not
        say, so nothing is known."""
        ...


class Tasks(Protocol):
    def stop(self, task: str, reason: str) -> Receipt:
        """Stop one task of this environment's cluster."""
        ...

    def one_off(self) -> tuple[OneOff, ...]:
        """The tasks that run in this environment's clusters and that no service started, oldest first. One
        of another environment, by its tag, is left out."""
        ...


class Images(Protocol):
    def digests(self, images: Sequence[str]) -> Mapping[str, str]:
        """What each ``repository:tag`` points at now. One that cannot be read here is left out."""
        ...

    def missing(self, resolved: Mapping[str, str]) -> frozenset[str]:
        """Of images as written, each with the digest it was resolved to, those whose digest the registry has
        no longer. One of which that cannot be told here is not among them."""
        ...


class Logs(Protocol):
    def last_lines(self, group: str, stream: str, count: int) -> tuple[str, ...]:
        """The last lines of one log stream, oldest first; empty when there are none. Not yet redacted."""
        ...
