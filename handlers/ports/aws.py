"""AWS, as one environment's handlers may see it.

Every implementation is built for one environment: cluster, role and region are fixed, so no caller can name
another. Every method may raise ``handlers.words.errors.Trouble``: ``Denied``, ``Throttled``, ``Absent`` and
``Rejected`` mean that nothing happened; ``Unanswered`` means that it is not known whether anything did.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from policies.capacity.facts import DatabaseFacts, GroupFacts, ScalingFacts
from policies.capacity.groups import CapacityGroup
from policies.cost.fargate import TaskSize
from policies.flags.switching import Held, Switch
from policies.logs.routes import Route
from policies.service.environment import Membership
from policies.service.facts import ServiceFacts
from policies.service.happened import Activity, Ran, Rollout
from policies.service.history import Definition, PastDeployment
from policies.service.one_off import OneOff


@dataclass(frozen=True)
class Receipt:
    """What AWS answered to a change: the request id, and what AWS says the change started."""

    request_id: str
    deployment: str = ""
    service_deployment: str = ""
    revision: str = ""


class Services(Protocol):
    def members(self) -> Membership:
        """Return the live services that are this environment's own, and the disputed ones."""
        ...

    def summaries(self, services: Sequence[str], *, tasks: bool = False) -> tuple[ServiceFacts, ...]:
        """Return counts, deployments and events of these services, in the order asked; absent ones are left
        out. With ``tasks`` also their tasks, images and targets, read for all services together.
        """
        ...

    def facts(self, service: str, service_deployment: str = "", *, protection: bool = False) -> ServiceFacts:
        """Return everything about one service: tasks, targets, images and the named (else current) service
        deployment. With ``protection`` also which of its tasks are protected, and until when.

        Raises ``Absent`` if there is no such service.
        """
        ...

    def facts_of(self, arn: str, service_deployment: str = "") -> ServiceFacts:
        """Return the ``facts`` of exactly that service, whoever owns it now: to see what became of a change
        that was made while it was this environment's.

        Raises ``Absent`` if the service is deleted, or is in a place where this environment no longer is.
        """
        ...

    def sizes(self, services: Sequence[str]) -> tuple[TaskSize, ...]:
        """Return what one task of each of these services is billed by, in the order asked; absent ones are
        left out.
        """
        ...

    def deployments_since(self, services: Sequence[str], since: datetime) -> tuple[Rollout, ...]:
        """Return the service deployments of these services that were created at ``since`` or later, whoever
        made them, newest first. Of at most ten services whose deployments changed last, every deployment is
        listed; of the others, those that ``summaries`` shows too.
        """
        ...

    def history(self, service: str) -> tuple[PastDeployment, ...]:
        """Return up to twenty deployments of one service, newest first; the newest that succeeded is among
        them if ECS remembers any. ECS remembers 90 days (facts/ecs 2.3); a service whose controller is not
        ECS has no history. Makes at most five calls.

        Raises ``Absent`` if there is no such service.
        """
        ...

    def definition(self, arn: str) -> Definition:
        """Return what one revision of a task definition says, also if it is deregistered. Makes one call.

        Raises ``Absent`` if the revision was deleted, or lies in another account or region.
        """
        ...

    def log_routes(self, service: str, revisions: Sequence[str]) -> Mapping[str, tuple[Route, ...]]:
        """Return where each container of these revisions of a service's task definition writes its logs, by
        revision (its ARN).
        """
        ...

    def deploy(self, service: str) -> Receipt:
        """Force a new deployment of the revision that is configured now. Makes one attempt and never repeats
        it.
        """
        ...

    def set_desired(self, service: str, count: int) -> Receipt:
        """Change the desired count and nothing else. A repeat has the same result. Raises ``Rejected`` for a
        daemon service, which has no desired count.
        """
        ...


class Rollbacks(Protocol):
    """Takes services of this environment back. Every change makes one attempt and never repeats it."""

    def worked(self, service: str) -> tuple[PastDeployment, ...]:
        """Return up to a hundred deployments of one service that succeeded, newest first (facts/ecs 2.3).

        Raises ``Absent`` if there is no such service.
        """
        ...

    def deploy(self, service: str, definition: str) -> Receipt:
        """Deploy exactly this revision of the task definition, by its ARN. Raises ``Rejected`` if it is
        deregistered, ``Absent`` if it lies in another account or region.
        """
        ...

    def stop(self, service: str, service_deployment: str, hook: str = "") -> Receipt:
        """Stop a service deployment in progress with a rollback; with ``hook``, roll it back at the hook
        where it waits. Raises ``Rejected`` if its state does not allow that, ``Absent`` if the service has no
        such deployment.
        """
        ...


class Scaling(Protocol):
    """Application Auto Scaling of this environment's services. A target is never deregistered: that would
    delete its policies and scheduled actions (facts/ecs 3.2).
    """

    def facts(self, services: Sequence[str]) -> Mapping[str, ScalingFacts]:
        """Return the scalable targets of these services; a service without a target is left out."""
        ...

    def predictive(self, services: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the names of these services' predictive scaling policies that act on their forecast: no flag
        suspends them (facts/ecs 3.2). A service without such a policy is left out. Makes one call per
        service.
        """
        ...

    def activities(self, services: Sequence[str], since: datetime) -> tuple[Activity, ...]:
        """Return what autoscaling did to these services at ``since`` or later, whatever asked it to, newest
        first. Makes one call for each of at most ten services that have a target.
        """
        ...

    def suspend(self, service: str) -> Receipt:
        """Suspend all three kinds of scaling and lower the minimum to 0; the maximum stays."""
        ...

    def restore(self, service: str, scaling: ScalingFacts) -> Receipt:
        """Set minimum, maximum and the three flags exactly as given."""
        ...


class Databases(Protocol):
    """The RDS instances and Aurora clusters that the catalog attaches to this environment; no others. An id
    is that of an instance, or ``cluster:`` and that of an Aurora cluster.
    """

    def facts(self) -> tuple[DatabaseFacts, ...]:
        """Return all of them, in the catalog's order; a database that RDS does not know has the status
        ``absent``.
        """
        ...

    def stop(self, database: str) -> Receipt:
        """Ask RDS to stop a database. A database that is stopping or already stopped is no error.

        Raises ``Rejected`` with RDS's code if the state does not allow it now (``InvalidDBInstanceState``:
        retrying helps) or never will.
        """
        ...

    def start(self, database: str) -> Receipt:
        """Ask RDS to start a database. A database that is starting or already available is no error."""
        ...


class Capacities(Protocol):
    """The Auto Scaling groups behind the capacity providers that this environment's services use."""

    def groups(self, providers: Collection[str]) -> tuple[CapacityGroup, ...]:
        """Return the groups behind these providers, by name, with whose tasks are on them now. A provider
        that is absent, or has no group, is left out.
        """
        ...

    def resize(self, group: str, sizes: GroupFacts) -> Receipt:
        """Set minimum, maximum and desired at once. A repeat has the same result. Raises ``Absent`` for a
        group that is behind none of the providers of this environment's services.
        """
        ...


@dataclass(frozen=True)
class Moves:
    """What a stop, and the start after it, are about to move: the names of services whose count changes, of
    services whose scaling changes, of databases and of Auto Scaling groups. ``rolled``: services of which a
    deployment in progress may have to be stopped; ``flags``: those that are to be switched. No stop does
    either.
    """

    services: tuple[str, ...] = ()
    scaled: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    rolled: tuple[str, ...] = ()


class Permissions(Protocol):
    def lacking(self, moves: Moves) -> Mapping[str, tuple[str, ...]]:
        """Return what the environment's role may not do of this: each denied action (``rds:StopDBInstance``),
        in order, with the names on which it is denied. Asks IAM, without trying.

        Raises ``Trouble`` if IAM does not answer; nothing is known then.
        """
        ...


class Tasks(Protocol):
    def stop(self, task: str, reason: str) -> Receipt:
        """Stop one task of this environment's cluster."""
        ...

    def one_off(self) -> tuple[OneOff, ...]:
        """Return the tasks that run in this environment's clusters and that no service started, oldest first.
        A task of another environment, by its tag, is left out.
        """
        ...

    def ran_since(self, since: datetime) -> tuple[Ran, ...]:
        """Return the same tasks, and those that have ended as long as ECS shows them (about an hour), which
        were created at ``since`` or later; newest first.
        """
        ...


class Images(Protocol):
    def digests(self, images: Sequence[str]) -> Mapping[str, str]:
        """Return the digest that each ``repository:tag`` points at now. An image that cannot be read here is
        left out.
        """
        ...

    def missing(self, resolved: Mapping[str, str]) -> frozenset[str]:
        """Return those images whose digest the registry no longer has. ``resolved``: images as written, each
        with the digest it was resolved to. An image for which that cannot be told here is left out.
        """
        ...


class Flags(Protocol):
    """Where the catalog keeps this environment's feature flags, in parameters or in AppConfig; nothing else.
    A flag is named as the catalog names it.
    """

    def read(self, flags: Sequence[str]) -> Mapping[str, Held]:
        """Return what the parameters of these flags hold, or what AppConfig has deployed of them; a flag
        without a parameter, or of a profile that is not there, is left out. Nothing is decrypted: what is no
        plain text is returned with its type and without a value.

        Raises ``Absent`` for a flag that the catalog does not name.
        """
        ...

    def switch(self, flag: str, state: Switch) -> Written:
        """Write the text of that state over whatever the parameter holds then. Parameter Store compares
        nothing: whoever calls this reads before and after.

        Raises ``Absent`` for a flag that the catalog keeps in no parameter.
        """
        ...


@dataclass(frozen=True)
class Written:
    """What was answered to a write: the request id, and the version that this write made."""

    request_id: str
    version: int
