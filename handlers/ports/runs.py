"""One-off tasks that are run for people. A call may raise ``Trouble`` as those of ``handlers.ports.aws``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from policies.service.facts import Task
from policies.service.running_once import Defined, Placement


@dataclass(frozen=True)
class RunOrder:
    """Exactly what is asked of ECS. ``revision`` is an ARN. Without ``command`` the revision's own command
    runs; nothing but the command is ever overridden. ``token``: at most 64 characters, and with the same
    token only the same order may be given again. ``started_by``: at most 128 characters.
    """

    revision: str
    placement: Placement
    token: str
    started_by: str
    container: str
    command: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Started:
    """What ECS answered. ``failures``: why no task was started, which ECS says with HTTP 200."""

    request_id: str
    task: str = ""
    failures: tuple[str, ...] = ()


class Runs(Protocol):
    def placement(self, service: str) -> Placement:
        """Return where the service's tasks run. Raises ``Absent`` if there is no such service."""
        ...

    def defined(self, reference: str) -> Defined:
        """Return a revision, or the newest active one of a family. Raises ``Absent`` if there is none."""
        ...

    def start(self, order: RunOrder) -> Started:
        """Ask once to run one task. For an hour, the same order with the same token is the same task, or the
        same failures (facts/ecs 6.1). Raises ``Rejected`` with the code ``ConflictException`` if another
        order had that token.
        """
        ...

    def started(self, cluster: str, started_by: str) -> tuple[str, ...]:
        """Return the ids of the tasks with exactly this ``startedBy`` that are meant to run."""
        ...

    def task(self, cluster: str, task: str) -> Task | None:
        """Return a task, running or stopped within the last hour; ``None`` if ECS does not show one."""
        ...
