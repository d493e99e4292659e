"""A rolling deployment: it starts new tasks up to maximumPercent and stops old ones above
minimumHealthyPercent.

This is our own reading of ECS: an old deployment leaves the list when its last task has stopped, and only
then is the new one COMPLETED, so draining shows as it does on AWS (facts/ecs 2.4).
"""

from __future__ import annotations

import math

from playground.aws.account import ecs
from playground.aws.entities import SimService
from playground.aws.lifecycle import Lifecycle
from playground.aws.moment import Moment
from playground.aws.protection import unprotected
from playground.aws.releases import Deployment
from playground.aws.tasks import SimTask

SCHEDULER = "ServiceSchedulerInitiated"
STEADY_SECONDS = 1.0
"""How long tasks must have been ready to count as a steady state; ECS does not document this."""


def step(service: SimService, lifecycle: Lifecycle, moment: Moment) -> None:
    """Make one pass of the service scheduler."""
    primary = service.primary
    if primary.state == "FAILED":
        _scale_down_stalled(service, lifecycle, moment)
        return
    _scale_down(service, lifecycle, moment)
    _launch(service, primary, moment)
    _retire(service, lifecycle, moment)


def _scale_down(service: SimService, lifecycle: Lifecycle, moment: Moment) -> None:
    primary = service.primary
    extra = len(service.live(primary)) - service.wanted
    if extra > 0:
        youngest = sorted(service.live(primary), key=lambda task: task.created_at, reverse=True)
        free_first = sorted(youngest, key=lambda task: task.protected(moment))
        stop_all(service, lifecycle, moment, free_first[:extra])


def _scale_down_stalled(service: SimService, lifecycle: Lifecycle, moment: Moment) -> None:
    """Stop tasks if fewer are wanted after a failed deployment, which starts no new ones (facts/ecs 2.4).
    Tasks of the failed deployment stop first; that is our own reading, because ECS does not say which do.
    """
    live = [task for deployment in service.deployments for task in service.live(deployment)]
    extra = len(live) - service.wanted
    if extra > 0:
        free_first = sorted(live, key=lambda task: task.protected(moment))
        stop_all(service, lifecycle, moment, free_first[:extra])


def _launch(service: SimService, primary: Deployment, moment: Moment) -> None:
    live = sum(len(service.live(d)) for d in service.deployments)
    upper = math.floor(service.wanted * service.configuration["maximumPercent"] / 100)
    room = min(service.wanted - len(service.live(primary)), upper - live)
    if room > 0 and moment.t >= primary.launch_after:
        start(service, primary, moment, room)


def start(service: SimService, deployment: Deployment, moment: Moment, count: int) -> None:
    """Launch tasks of a deployment and add the event."""
    tasks = [_new_task(service, deployment, moment) for _ in range(count)]
    names = " ".join(f"(task {task.id})" for task in tasks)
    service.say(f"(service {service.name}) has started {count} tasks: {names}.", moment.at)


def _retire(service: SimService, lifecycle: Lifecycle, moment: Moment) -> None:
    old = [task for d in service.deployments[1:] for task in service.live(d)]
    if not old:
        return
    healthy = sum(task.ready for d in service.deployments for task in service.live(d))
    lower = math.ceil(service.wanted * service.configuration["minimumHealthyPercent"] / 100)
    spare = max(0, healthy - lower)
    free = unprotected(service, old, moment)
    useless = [task for task in free if not task.ready]
    useful = sorted((task for task in free if task.ready), key=lambda task: task.created_at)
    stop_all(service, lifecycle, moment, useless + useful[:spare])


def stop_all(service: SimService, lifecycle: Lifecycle, moment: Moment, tasks: list[SimTask]) -> None:
    """Stop tasks as the scheduler does, with its event and its reason; protected tasks stay."""
    tasks = unprotected(service, tasks, moment)
    if not tasks:
        return
    names = " ".join(f"(task {task.id})" for task in tasks)
    service.say(f"(service {service.name}) has stopped {len(tasks)} running tasks: {names}.", moment.at)
    reason = f"Scaling activity initiated by (deployment {service.primary.id})"
    for task in tasks:
        lifecycle.stop(task, service, moment, code=SCHEDULER, reason=reason)


def settled(service: SimService, moment: Moment) -> bool:
    """Return whether the PRIMARY's wanted tasks have been ready a moment and no others are left."""
    primary = service.primary
    left = any(t.now_status != "STOPPED" for d in service.deployments[1:] for t in service.tasks_of(d))
    ready = [
        task for task in service.live(primary) if task.ready and moment.t - task.ready_at >= STEADY_SECONDS
    ]
    return not left and len(ready) == service.wanted == len(service.live(primary))


def _new_task(service: SimService, deployment: Deployment, moment: Moment) -> SimTask:
    """Create a task of that deployment, known to moto and to the service."""
    task = SimTask(service.row, service.next_provider(), deployment, moment)
    taken = {other.ip for other in service.tasks.values()}
    while task.ip in taken:
        task.forget()
        task = SimTask(service.row, service.next_provider(), deployment, moment)
    ecs().tasks.setdefault(service.row.cluster_name, {})[task.task_arn] = task
    service.tasks[task.task_arn] = task
    return task
