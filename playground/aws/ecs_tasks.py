"""The ECS calls about tasks, answered as AWS does where moto does not."""

from __future__ import annotations

from typing import Any

from moto.ecs.models import Task

from playground.aws.account import ecs
from playground.aws.errors import AwsError, invalid
from playground.aws.fleet import Fleet
from playground.aws.paging import page
from playground.aws.run_once import OnceTask
from playground.aws.tasks import SimTask

Params = dict[str, Any]
LONGEST_REASON = 1024


class TaskCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet

    def list_tasks(self, params: Params) -> Params:
        """Answer RUNNING tasks by default; PENDING is always empty; ``startedBy`` stands alone (facts/ecs
        1.2).
        """
        cluster = self.fleet.cluster_name(params.get("cluster"))
        others = ("serviceName", "family", "containerInstance", "launchType", "desiredStatus")
        if params.get("startedBy") and any(params.get(key) for key in others):
            raise invalid("startedBy cannot be combined with any other filter.")
        rows = [
            task for task in ecs().tasks.get(cluster, {}).values() if self._matches(task, params, cluster)
        ]
        return page(sorted(task.task_arn for task in rows), params, default=100, key="taskArns")

    def describe_tasks(self, params: Params) -> Params:
        cluster = self.fleet.cluster_name(params.get("cluster"))
        asked = params.get("tasks") or []
        if not asked:
            raise invalid("Tasks cannot be empty.")
        rows = {task.task_arn: task for task in ecs().tasks.get(cluster, {}).values()}
        prefix = ecs().clusters[cluster].arn.replace(":cluster/", ":task/")
        arns = [name if name.startswith("arn:") else f"{prefix}/{name}" for name in asked]
        rows = {arn: task for arn, task in rows.items() if not self._hidden(task)}
        missing = [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in rows]
        return {"tasks": [rows[arn] for arn in arns if arn in rows], "failures": missing}

    def stop_task(self, params: Params) -> Params:
        """Stop a task and delete its tags; the service starts a replacement (facts/ecs 1.3 and 2.1)."""
        found = self.describe_tasks({"cluster": params.get("cluster"), "tasks": [params["task"]]})["tasks"]
        if not found:
            raise invalid("The referenced task was not found.")
        task = found[0]
        reason = params.get("reason") or "Task stopped by user"
        if len(reason) > LONGEST_REASON:
            raise invalid("Reason must not be longer than 1024 characters.")
        if isinstance(task, SimTask):
            self._stop(task, reason)
        elif isinstance(task, OnceTask):
            task.halt(reason, self.fleet.moment)
        else:
            ecs().stop_task(task.cluster_name, task.task_arn, reason)
        return {"task": task}

    def _stop(self, task: SimTask, reason: str) -> None:
        service = self.fleet.services.get((task.cluster_name, task.group.removeprefix("service:")))
        if service is None:
            raise AwsError("InvalidParameterException", "The referenced task was not found.")
        service.calls["StopTask"] += 1
        self.fleet.lifecycle.stop(task, service, self.fleet.moment, code="UserInitiated", reason=reason)
        task.tags = []
        service.steady = False
        self.fleet.step(service)

    def _hidden(self, task: Task) -> bool:
        """Return whether a task that has just been started is not shown yet (facts/ecs 6.1)."""
        return isinstance(task, OnceTask) and self.fleet.moment.t < task.visible_from

    def _matches(self, task: Task, params: Params, cluster: str) -> bool:
        if params.get("startedBy"):
            return task.started_by == params["startedBy"] and task.desired_status == "RUNNING"
        if task.desired_status != (params.get("desiredStatus") or "RUNNING"):
            return False
        if params.get("serviceName"):
            name = self.fleet.service(cluster, params["serviceName"]).name
            if task.group != f"service:{name}":
                return False
        family = task.task_definition_arn.split("/")[-1].split(":")[0]
        if params.get("family") and family != params["family"]:
            return False
        return not params.get("launchType") or task.launch_type == params["launchType"]
