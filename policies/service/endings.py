"""How a service's stopped tasks ended, and what AWS says it lacks: capacity, quota, healthy targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from policies.secrets.redaction import redact
from policies.service.facts import Container, ServiceFacts, Task

_MEMORY = ("outofmemory", "out of memory", "memory usage")
_ASKED = frozenset({"ServiceSchedulerInitiated", "UserInitiated", "SpotInterruption", "TerminationNotice"})
"""Stop codes of a task that was told to stop, so that exit code 137 means that it did not do so in time."""
_TAKEN = frozenset({"SpotInterruption", "TerminationNotice", "InfrastructureHealth"})
"""Stop codes of a task whose host was taken from it."""
_SCARCE = (
    "unable to place a task",
    "capacity is unavailable",
    "insufficient capacity",
    "limit on the number of",
    "vcpu limit",
    "no container instance",
    "resource:",
)
"""How ECS speaks of capacity and quotas, in events and stopped reasons (facts/ecs 2.5)."""


class Ending(StrEnum):
    """What an exit code means, together with the reason why the task stopped (facts/ecs 2.5)."""

    FINISHED = "finished"
    ERROR = "error"
    OUT_OF_MEMORY = "out of memory"
    TOO_SLOW = "too slow"
    """Exit code 137 of a task that was told to stop: SIGTERM was not handled within the stop timeout."""
    KILLED = "killed"
    """Exit code 137, and the reason does not say whether memory or the stop timeout was the cause."""
    ASKED = "asked"
    """Exit code 143: it ended by SIGTERM, as a normal stop does."""
    CRASHED = "crashed"
    LOST = "lost"
    """What it ran on went away, so nothing tells its exit code."""
    NEVER_STARTED = "never started"


@dataclass(frozen=True)
class Ended:
    """So many tasks ended alike. ``code`` is ``None`` where the container never started. ``reason`` is what
    ECS said, redacted.
    """

    ending: Ending
    container: str
    code: int | None
    reason: str
    tasks: int


def endings(facts: ServiceFacts, deployment: str = "") -> tuple[Ended, ...]:
    """Return how the stopped tasks of this deployment ended (of any, if none is named), the most frequent
    first.
    """
    stopped = [t for t in facts.tasks if t.last_status == "STOPPED" and deployment in ("", t.deployment)]
    aside = {i.container for i in facts.images if not i.essential}
    counted = Counter(_of(task, aside) for task in stopped)
    return tuple(Ended(*alike, tasks) for alike, tasks in counted.most_common())


def scarce(facts: ServiceFacts) -> str:
    """Return the newest words of AWS about capacity or a quota, redacted; empty if there are none."""
    stopped = (t.stopped_reason for t in facts.tasks if t.last_status == "STOPPED")
    said = (*stopped, *(event.text for event in facts.events))
    return redact(next((text for text in said if any(word in text.lower() for word in _SCARCE)), ""))


def targets(facts: ServiceFacts) -> tuple[tuple[str, str, int], ...]:
    """Return states of targets with their reason and how many are in it, the unhealthy first."""
    counted = Counter((t.state, "" if t.state == "healthy" else t.reason) for t in facts.targets)
    ordered = sorted(counted.items(), key=lambda item: (item[0][0] == "healthy", -item[1], item[0]))
    return tuple((state, redact(reason), count) for (state, reason), count in ordered)


def _of(task: Task, aside: set[str]) -> tuple[Ending, str, int | None, str]:
    essential = [c for c in task.containers if c.name not in aside] or list(task.containers)
    blamed = next(_blamed(essential), Container(""))
    reason = redact(blamed.reason or task.stopped_reason or task.stop_code)
    return _ending(task, blamed), blamed.name, blamed.exit_code, reason


def _blamed(containers: list[Container]) -> Iterator[Container]:
    """Yield the container that took the task with it first: one that failed, else one that ended."""
    yield from (c for c in containers if c.exit_code)
    yield from (c for c in containers if c.reason)
    yield from containers


def _ending(task: Task, container: Container) -> Ending:
    said = f"{task.stopped_reason} {container.reason}".lower()
    if any(word in said for word in _MEMORY):
        return Ending.OUT_OF_MEMORY
    match container.exit_code:
        case None:
            lost = task.stop_code in _TAKEN or said.startswith("host ec2")
            return Ending.LOST if lost else Ending.NEVER_STARTED
        case 0:
            return Ending.FINISHED
        case 137:
            return Ending.TOO_SLOW if task.stop_code in _ASKED else Ending.KILLED
        case 139:
            return Ending.CRASHED
        case 143:
            return Ending.ASKED
    return Ending.ERROR
