"""Tasks that belong to no service: for how long a stop waits for them, and how they are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.service.running_once import operation_of

LONGEST_WAIT = timedelta(minutes=60)
"""A migration or a job that takes longer loses its database: a stop has an end that is said. Our own choice;
as long as a deployment in flight may postpone a stop."""


@dataclass(frozen=True)
class OneOff:
    """A task that runs and that no service started. ``family`` is its task definition's, without revision.

    ``ours``: whether it is this environment's own; ``False`` where that cannot be told, because it lies in a
    cluster that is shared by tag and has no such tag (facts/ecs 1.3, 6).
    """

    id: str
    family: str
    started_by: str = ""
    since: datetime | None = None
    ours: bool = True
    cluster: str = ""

    @property
    def run_here(self) -> bool:
        """Whether somebody asked Lamplighter for it."""
        return bool(operation_of(self.started_by))


def awaited(tasks: Sequence[OneOff]) -> tuple[OneOff, ...]:
    """Those whose end a database waits for."""
    return tuple(task for task in tasks if task.ours)


def named(tasks: Sequence[OneOff]) -> str:
    """*the one-off task `migrate` (`1f2e3d4c`, started by ci)*."""
    what = "the one-off task" if len(tasks) == 1 else "the one-off tasks"
    return f"{what} {', '.join(_one(task) for task in tasks)}"


def untold(tasks: Sequence[OneOff], tag: str) -> str:
    """A sentence's part about those that nobody can tell the owner of; empty for none."""
    unknown = [task for task in tasks if not task.ours]
    if not unknown:
        return ""
    verb = "was" if len(unknown) == 1 else "were"
    return f"{named(unknown)} {verb} not waited for: without the tag `{tag}` it cannot be told whose"


def _one(task: OneOff) -> str:
    who = task.started_by.removesuffix("/").partition("/")[0] if task.run_here else task.started_by
    by = f", started by {who}" if who else ""
    return f"`{task.family}` (`{task.id[:8]}`{by})"
