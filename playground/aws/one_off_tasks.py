"""One-off tasks that somebody runs next to the services: RUNNING at once, for as long as the order says.

moto's own RunTask does not tick; a migration that has to end needs an order (``task.run``).
"""

from __future__ import annotations

from typing import Any

from playground.aws.account import ecs
from playground.aws.definitions import containers_of
from playground.aws.entities import SimService
from playground.aws.meter import Meter
from playground.aws.moment import Moment
from playground.aws.tasks import KEPT_SECONDS, dress
from playground.aws.ticked import TickedTask


class OneOffTask(TickedTask):
    """A task that exits with 0 at ``due`` (elapsed seconds) and is then kept for an hour (facts/ecs 1.2)."""

    def __init__(self, service: SimService, started_by: str, moment: Moment, seconds: float) -> None:
        definition = ecs().describe_task_definition(str(service.row.task_definition))
        super().__init__(
            definition,
            service.row.cluster_name,
            started_by=started_by,
            networking_configuration=service.network,
        )
        self.now_status, self.due = "RUNNING", moment.t + seconds
        self.created_at = self.pull_started_at = self.pull_stopped_at = self.started_at = moment.at
        self.born = moment
        self.ended: Moment | None = None
        dress(self, definition)
        name = containers_of(definition)[0]["name"]
        self.main: dict[str, Any] = {"name": name, "taskArn": self.task_arn, "lastStatus": "RUNNING"}
        self.containers = [self.main]  # type: ignore[list-item]

    def live(self, moment: Moment) -> None:
        """Exit when due or stopped; be forgotten an hour later."""
        if self.now_status == "RUNNING" and (moment.t >= self.due or self.desired_status == "STOPPED"):
            self.ended = moment.later(min(0.0, self.due - moment.t))
            self.now_status = self.desired_status = "STOPPED"
            self.due = self.ended.t + KEPT_SECONDS
            self.stopping_at = self.execution_stopped_at = self.stopped_at = self.ended.at
            self.stop_code = "EssentialContainerExited"
            self.stopped_reason = "Essential container in task exited"
            self.main |= {"lastStatus": "STOPPED", "exitCode": 0}
        elif self.now_status == "STOPPED" and moment.t >= self.due:
            ecs().tasks.get(self.cluster_name, {}).pop(self.task_arn, None)


def run(service: SimService, moment: Moment, *, meter: Meter, started_by: str, seconds: float) -> OneOffTask:
    """Run a new task of the service's own task definition, known to moto."""
    task = OneOffTask(service, started_by, moment, seconds)
    meter.begin(task, moment)
    ecs().tasks.setdefault(service.row.cluster_name, {})[task.task_arn] = task
    return task


def live(moment: Moment, meter: Meter) -> None:
    """Let all one-off tasks live up to ``moment``."""
    for tasks in ecs().tasks.values():
        for task in [task for task in tasks.values() if isinstance(task, OneOffTask)]:
            task.live(moment)
            if task.ended is not None:
                meter.end(task, task.ended)
