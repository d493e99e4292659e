"""What ECS remembers of a service's deployments, and what a revision of its task definition says.

A value holds the names of variables and of secrets. Nothing here holds a variable's value or anything derived
from one, so whether a value changed cannot be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

WORKED = "SUCCESSFUL"
ENDED = frozenset({WORKED, "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"})
ROLLED_BACK = frozenset(
    {"ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"}
)


@dataclass(frozen=True)
class RevisionImage:
    """The image of one container, as written, and the digest that ECS resolved when it deployed the image;
    empty where ECS resolved none.
    """

    container: str
    image: str
    digest: str = ""


@dataclass(frozen=True)
class Network:
    """Where the tasks of a service revision lie (``awsvpcConfiguration``)."""

    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    public_ip: bool = False


@dataclass(frozen=True)
class PastDeployment:
    """A service deployment as ECS remembers it, with the service revision that it deployed (facts/ecs 2.3).

    ``definition`` is the ARN of the revision of the task definition. It is empty, as are ``images``, where
    ECS no longer has the service revision.
    """

    arn: str
    status: str
    """As in ``policies.service.facts.ServiceDeployment``."""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    reason: str = ""
    revision: str = ""
    """ARN of the target *service* revision."""
    definition: str = ""
    images: tuple[RevisionImage, ...] = ()
    network: Network | None = None
    platform: str = ""
    """The Fargate platform version; empty where ECS names none."""
    load_balancers: tuple[str, ...] = ()
    """The target group, container and port of each, in order."""
    back_to: str = ""
    """ARN of the service revision to which ECS rolled back; empty where it rolled back to none."""

    @property
    def worked(self) -> bool:
        return self.status == WORKED

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def rolled_back(self) -> bool:
        """Whether a rollback was asked for or made, by ECS itself or by somebody."""
        return self.status in ROLLED_BACK

    @property
    def digests(self) -> Mapping[str, str]:
        """Container name to digest, where ECS resolved one."""
        return {i.container: i.digest for i in self.images if i.digest}


@dataclass(frozen=True)
class InjectedSecret:
    """A variable whose value ECS reads from Secrets Manager or the Parameter Store when a task starts.

    ``source`` is the secret's or the parameter's own name, never an ARN, and never the value.
    """

    variable: str
    source: str


@dataclass(frozen=True)
class DefinedContainer:
    """One container of a task definition. ``variables`` are names, in order. CPU is in units of 1/1,024 vCPU,
    memory in MiB; ``None`` where the task definition says nothing.
    """

    name: str
    image: str
    essential: bool = True
    variables: tuple[str, ...] = ()
    variable_files: int = 0
    """How many files of variables are read from S3 at the start: their names are not in the definition."""
    secrets: tuple[InjectedSecret, ...] = ()
    cpu: int | None = None
    memory: int | None = None
    memory_reservation: int | None = None


@dataclass(frozen=True)
class Definition:
    """One revision of a task definition. ``cpu`` and ``memory`` are the task's, as ECS writes them
    (``"512"``), and empty where it has none of its own.
    """

    arn: str
    status: str
    """ACTIVE, INACTIVE (deregistered) or DELETE_IN_PROGRESS."""
    containers: tuple[DefinedContainer, ...] = ()
    cpu: str = ""
    memory: str = ""
    network_mode: str = ""
    task_role: str = ""
    """Name of the role; only for admins' eyes, as is ``execution_role``."""
    execution_role: str = ""
    registered_at: datetime | None = None
    registered_by: str = ""
    """The name of the role session or user that registered it, without account and role; empty if unknown."""

    @property
    def active(self) -> bool:
        return self.status == "ACTIVE"


def short(definition: str) -> str:
    """Return ``family:revision`` of a task definition's ARN."""
    return definition.rsplit("/", 1)[-1]


def last_that_worked(history: Sequence[PastDeployment], before: str = "") -> PastDeployment | None:
    """Return the newest deployment that succeeded, of a history that is newest first; with ``before``, the
    newest that succeeded before the deployment of that ARN.
    """
    older = list(history)
    for place, past in enumerate(history):
        if past.arn == before:
            older = list(history[place + 1 :])
    return next((past for past in older if past.worked), None)
