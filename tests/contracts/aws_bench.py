"""What the contract of AWS's ports asks of a bench: one empty environment, filled by the test."""

from __future__ import annotations

from typing import Protocol

from handlers.ports.scope import Scope
from policies.capacity.facts import GroupFacts, ScalingFacts
from policies.cost.fargate import TaskSize

REGISTRY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"


class Bench(Protocol):
    """One environment, empty until the test fills it. Its catalog row names three databases and a cache, none
    of which exists yet.
    """

    scope: Scope
    cache: str
    instance: str
    cluster: str
    lost: str

    def service(self, name: str, desired: int = 2) -> None: ...

    def sized(self, size: TaskSize) -> None:
        """Add a service with two tasks of this size, on Fargate."""
        ...

    def disputed(self, name: str) -> None: ...

    def push(self, repository: str, tag: str) -> str: ...

    def write(self, group: str, stream: str, *lines: str) -> None: ...

    def refuse_deploy(self) -> None: ...

    def deny(self, action: str) -> None:
        """Deny an action to the role, until the test ends."""
        ...

    def lose_deploys_answer(self) -> None: ...

    def lose_answer_of_set_desired(self) -> None: ...

    def daemon(self, name: str) -> None: ...

    def protect(self, service: str, minutes: int) -> None:
        """Protect the service's running tasks from now on."""
        ...

    def run_alone(self, service: str, by: str) -> str:
        """Run a one-off task of that service's task definition, which ends within a few minutes. Return its
        id.
        """
        ...

    def group(self, name: str, sizes: GroupFacts) -> None:
        """Make an Auto Scaling group and a capacity provider of that name, with the group's instances in the
        cluster.
        """
        ...

    def hosted(self, service: str, group: str) -> None:
        """Add a service with two tasks on that group."""
        ...

    def hosted_task(self, service: str) -> None:
        """Add a service with tasks on instances."""
        ...

    def end_tasks(self, service: str) -> None:
        """Stop all tasks of the service, some seconds from now."""
        ...

    def refuse_tasks(self) -> None:
        """Deny the bot to describe tasks."""
        ...

    def target(self, service: str, scaling: ScalingFacts) -> None: ...

    def deregister(self, service: str) -> None: ...

    def predict(self, service: str, policy: str) -> None:
        """Give the service a predictive scaling policy that acts."""
        ...

    def target_of(self, service: str) -> ScalingFacts | None:
        """The scalable target as AWS has it, whoever asks."""
        ...

    def database(self, database: str) -> None: ...

    def cached(self, nodes: int) -> None:
        """Make the cache, with so many nodes."""
        ...

    def uncached(self) -> None: ...

    def stored(self, gb: int) -> None:
        """Make the database cluster, which has stored so much for a long time."""
        ...

    def replica_of(self, database: str) -> None: ...

    def busy(self, database: str, status: str = "backing-up") -> None:
        """Put the database into that state for a long while."""
        ...

    def move(self) -> None:
        """Let a few minutes pass."""
        ...
