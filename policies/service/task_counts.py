"""What the tasks and targets of one deployment add up to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from policies.service.facts import ServiceFacts, Task

_LEAVING = frozenset({"DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED", "DELETED"})
"""States after which a task does not run again."""
_NO_FAILURE = frozenset({"UserInitiated", "SpotInterruption", "TerminationNotice", "InfrastructureHealth"})
"""Stop codes that are not the new code's fault (facts/ecs 2.5)."""


@dataclass(frozen=True)
class TaskCounts:
    """Of one deployment: ``good`` runs, is not unhealthy, and is healthy in every target group."""

    desired: int
    alive: int
    running: int
    good: int
    unhealthy: int
    failed: int
    others: int
    """Tasks of other deployments that are not gone."""
    measured: bool
    """Something measures health: target groups, or a container health check."""
    target_trouble: str = ""
    """Why a target of ours is not healthy, as the load balancer words it."""

    @property
    def enough(self) -> bool:
        return 0 < self.desired <= self.good == self.alive


def count(facts: ServiceFacts, deployment: str) -> TaskCounts:
    """Add up the tasks of this deployment. Tasks that are leaving are nobody's strength."""
    of_ours = [t for t in facts.tasks if t.deployment == deployment]
    alive = [t for t in of_ours if t.last_status not in _LEAVING]
    checked = _checked(facts, of_ours)
    others = [t for t in facts.tasks if t.deployment != deployment and t.last_status != "STOPPED"]
    good = [t for t in alive if t.running and _task_good(t, checked)]
    in_groups, trouble = _good_targets(facts, alive, alone=not others)
    listed = next((d for d in facts.deployments if d.id == deployment), None)
    failed = sum(1 for t in of_ours if t.last_status == "STOPPED" and failed_by_itself(t))
    return TaskCounts(
        desired=facts.desired,
        alive=len(alive),
        running=sum(t.running for t in alive),
        good=min(len(good), in_groups) if facts.target_groups else len(good),
        unhealthy=sum(t.health == "UNHEALTHY" for t in alive),
        failed=max(failed, listed.failed_tasks if listed else 0),
        others=len(others),
        measured=bool(facts.target_groups) or checked,
        target_trouble=trouble,
    )


def failed_by_itself(task: Task) -> bool:
    """Did this stopped task fail, rather than being scaled in, drained, or stopped by a person?

    ``ServiceSchedulerInitiated`` covers both; ECS then says in words that a health check failed.
    """
    if task.stop_code == "ServiceSchedulerInitiated":
        return "health check" in task.stopped_reason.lower()
    return task.stop_code not in _NO_FAILURE


def _checked(facts: ServiceFacts, ours: list[Task]) -> bool:
    """Has the revision of these tasks a container health check? UNKNOWN then means *not yet*."""
    revisions = {t.revision for t in ours} or {facts.revision}
    seen = any(t.revision in revisions and t.health in ("HEALTHY", "UNHEALTHY") for t in facts.tasks)
    return seen or any(image.health_check for image in facts.images)


def _task_good(task: Task, checked: bool) -> bool:
    return task.health == "HEALTHY" or (task.health == "UNKNOWN" and not checked)


def _good_targets(facts: ServiceFacts, alive: list[Task], *, alone: bool) -> tuple[int, str]:
    """The fewest healthy targets, in any target group, that are ours by address; and what ails the others.

    Without addresses of their own (bridge network) targets cannot be told apart, so they count only when no
    other task is left. Native strategies have two groups of which one is idle: only those our tasks are
    registered in count, and there must be one.
    """
    ips = {t.ip for t in alive if t.ip}
    mine = [t for t in facts.targets if (t.ip in ips if ips else alone)]
    groups = set(facts.target_groups)
    if facts.strategy != "ROLLING":
        groups &= {t.group for t in mine}
    healthy = Counter(dict.fromkeys(groups, 0))
    healthy.update(t.group for t in mine if t.state == "healthy" and t.group in groups)
    ailing = next((t for t in mine if t.state != "healthy" and t.reason), None)
    trouble = f"target {ailing.state}: {ailing.reason}" if ailing else ""
    return min(healthy.values(), default=0), trouble
