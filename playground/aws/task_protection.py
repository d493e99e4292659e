"""The ECS calls about scale-in protection of tasks (facts/ecs 3.1), which moto does not have."""

from __future__ import annotations

from typing import Any

from playground.aws.account import ecs
from playground.aws.errors import invalid
from playground.aws.fleet import Fleet
from playground.aws.protection import protect
from playground.aws.tasks import SimTask

Params = dict[str, Any]
DEFAULT_MINUTES, MOST_MINUTES = 120, 2880


class ProtectionCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def get_task_protection(self, params: Params) -> Params:
        """Answer the protection of up to 100 tasks, or of every service task in the cluster if none is named
        (our reading).
        """
        tasks, failures = self._asked(params)
        return {"protectedTasks": [self._shown(task) for task in tasks], "failures": failures}

    def update_task_protection(self, params: Params) -> Params:
        """Change the protection of up to 10 tasks; the expiry always starts again from now."""
        minutes = int(params.get("expiresInMinutes") or DEFAULT_MINUTES)
        if not 1 <= minutes <= MOST_MINUTES:
            raise invalid("expiresInMinutes must be between 1 and 2880.")
        if not params.get("tasks"):
            raise invalid("Tasks cannot be empty.")
        tasks, failures = self._asked(params)
        for task in tasks:
            protect(task, minutes if params.get("protectionEnabled") else 0, self._fleet.moment)
            service = self._fleet.services.get((task.cluster_name, task.group.removeprefix("service:")))
            if service:
                service.steady = False
        return {"protectedTasks": [self._shown(task) for task in tasks], "failures": failures}

    def _asked(self, params: Params) -> tuple[list[SimTask], list[Params]]:
        """Return the tasks asked for, and the failures: a task of no service is TASK_NOT_VALID, an unknown or
        stopped one is MISSING.
        """
        cluster = self._fleet.cluster_name(params.get("cluster"))
        known = {task.task_arn: task for task in ecs().tasks.get(cluster, {}).values()}
        prefix = ecs().clusters[cluster].arn.replace(":cluster/", ":task/")
        every = [task.task_arn for task in known.values() if isinstance(task, SimTask)]
        names = [str(name) for name in params.get("tasks") or every]
        arns = [name if name.startswith("arn:") else f"{prefix}/{name}" for name in names]
        found: list[SimTask] = []
        failures: list[Params] = []
        for arn in arns:
            task = known.get(arn)
            if task is None or task.last_status == "STOPPED":
                failures.append({"arn": arn, "reason": "MISSING"})
            elif isinstance(task, SimTask):
                found.append(task)
            else:
                failures.append({"arn": arn, "reason": "TASK_NOT_VALID"})
        return found, failures

    def _shown(self, task: SimTask) -> Params:
        protected = task.protected(self._fleet.moment)
        row: Params = {"taskArn": task.task_arn, "protectionEnabled": protected}
        return row | ({"expirationDate": task.protected_until} if protected else {})
