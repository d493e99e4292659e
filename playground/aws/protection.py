"""Scale-in protection of tasks, as the service scheduler honours it (facts/ecs 3.1).

Neither scale-in nor a deployment stops a protected task until its protection expires, so a service set to 0
keeps the task running. StopTask, a failed health check and the deletion of a service do stop it; that half is
our own reading.
"""

from __future__ import annotations

from datetime import timedelta

from playground.aws.entities import SimService
from playground.aws.moment import Moment
from playground.aws.tasks import SimTask


def protect(task: SimTask, minutes: float, moment: Moment) -> None:
    """Protect a task for that many minutes from now; 0 ends its protection."""
    task.protected_until = moment.at + timedelta(minutes=minutes) if minutes else None
    task.spared = False


def unprotected(service: SimService, tasks: list[SimTask], moment: Moment) -> list[SimTask]:
    """Return those of ``tasks`` that may be stopped; report once of each protected one that it stays.

    The wording of the event is our own.
    """
    held = [task for task in tasks if service.row.status == "ACTIVE" and task.protected(moment)]
    for task in held:
        if not task.spared:
            task.spared = True
            service.say(
                f"(service {service.name}) (task {task.id}) was not stopped: it is protected.", moment.at
            )
    return [task for task in tasks if task not in held]
