"""The states of a task and what moves it between them (facts/ecs 2.4, 2.5 and 7.3).

Failures show as they do in ECS: a pull error has a stop code, a reason and no exit code; a container that
exits has an exit code and its log.
"""

from __future__ import annotations

from typing import Literal

from playground.aws import images, task_logs
from playground.aws.capacity import CapacityBook
from playground.aws.entities import SimService
from playground.aws.meter import Meter
from playground.aws.moment import Moment
from playground.aws.targets import CHECK_SECONDS, TargetBook
from playground.aws.tasks import (
    DEPROVISION_SECONDS,
    KEPT_SECONDS,
    PULL_SECONDS,
    SIGTERM_EXIT,
    STOP_SECONDS,
    SimTask,
)

HEALTH_SECONDS = 3.0
"""The time from RUNNING to the container's first HEALTHY; on AWS its interval and start period."""
PATIENCE_SECONDS = 7.0
"""How long a task may stay unhealthy before ECS replaces it; minutes on AWS."""

KILLED_EXIT = 137

Happening = Literal["", "started", "ready", "failed", "unhealthy", "gone"]


class Lifecycle:
    """Moves tasks and keeps the target groups in step with them."""

    def __init__(self, targets: TargetBook, capacity: CapacityBook, meter: Meter) -> None:
        self.targets, self.capacity, self.meter = targets, capacity, meter

    def advance(self, task: SimTask, service: SimService, moment: Moment) -> list[Happening]:
        """Let the task live up to ``moment``; return what the service has to react to."""
        happened: list[Happening] = []
        for _ in range(8):
            before = task.now_status
            happened += self._step(task, service, moment)
            if task.now_status == before:
                break
        return happened

    def stop(self, task: SimTask, service: SimService, moment: Moment, *, code: str, reason: str) -> None:
        """Begin to stop a task; a running task behind target groups drains first."""
        if task.desired_status == "STOPPED":
            return
        task.desired_status = "STOPPED"
        task.stopping_at = moment.at  # type: ignore[attr-defined]
        task.stop_code, task.stopped_reason = code, reason
        drains = task.now_status == "RUNNING" and bool(task.deployment.target_groups)
        self._retarget(task, "draining")
        if drains:
            task.enter("DEACTIVATING", moment, service.drain_seconds)
        else:
            self._wind_down(task, moment)

    def _step(self, task: SimTask, service: SimService, moment: Moment) -> list[Happening]:
        if task.container_instance_arn and self._hostless(task, moment):
            return ["failed"]
        if task.now_status == "RUNNING":
            return self._run(task, service, moment)
        if moment.t < task.due:
            return []
        match task.now_status:
            case "PROVISIONING" if not self._placed(task, service):
                return []
            case "PROVISIONING":
                slow = task.deployment.revision.behave
                task.pull_started_at = moment.at  # type: ignore[attr-defined]
                self.meter.begin(task, moment)
                task.enter("PENDING", moment, slow.after if slow.kind == "slow" else PULL_SECONDS)
            case "PENDING":
                return self._start(task, moment)
            case "DEACTIVATING":
                self._wind_down(task, moment)
            case "STOPPING":
                task.main.setdefault("exitCode", SIGTERM_EXIT)
                task.execution_stopped_at = moment.at  # type: ignore[attr-defined]
                task.enter("DEPROVISIONING", moment, DEPROVISION_SECONDS)
            case "DEPROVISIONING":
                self._retarget(task, "")
                task.stopped_at = moment.at  # type: ignore[attr-defined]
                self.meter.end(task, moment)
                task.enter("STOPPED", moment, KEPT_SECONDS)
            case "STOPPED":
                task.forget()
                service.tasks.pop(task.task_arn, None)
                return ["gone"]
        return []

    def _placed(self, task: SimTask, service: SimService) -> bool:
        """Return whether the task may start; under a capacity provider it needs an instance in service."""
        if service.provider and not task.container_instance_arn:
            task.container_instance_arn = self.capacity.place(service.provider)
        return not service.provider or bool(task.container_instance_arn)

    def _hostless(self, task: SimTask, moment: Moment) -> bool:
        """End a task whose instance is gone; return whether the task ended. The wording is our own."""
        working = task.now_status in ("PENDING", "RUNNING")
        if not working or self.capacity.holds(str(task.container_instance_arn)):
            return False
        self._die(task, moment, code="TerminationNotice", reason="Host EC2 instance was terminated.")
        return True

    def _start(self, task: SimTask, moment: Moment) -> list[Happening]:
        behave = task.deployment.revision.behave
        image = task.main["image"]
        if behave.kind == "pull_error" or not images.pullable(image, task.main.get("imageDigest")):
            why = (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
                f"failed to resolve ref {image}: {image}: not found"
            )
            task.main["reason"] = why
            self._die(task, moment, code="TaskFailedToStart", reason=why)
            return ["failed"]
        task.pull_stopped_at = moment.at  # type: ignore[attr-defined]
        if behave.kind == "exit" and behave.after == 0:
            self._exit(task, moment)
            return ["failed"]
        task.started_at = moment.at  # type: ignore[attr-defined]
        task.connectivity, task.connectivity_at = "CONNECTED", moment.at  # type: ignore[attr-defined]
        task.enter("RUNNING", moment, 0)
        task.log(task_logs.greeting(task.definition.family, str(task.definition.revision)), moment)
        for group in task.deployment.target_groups:
            self.targets.register(group["targetGroupArn"], task.ip, int(group.get("containerPort", 80)))
        return ["started"]

    def _run(self, task: SimTask, service: SimService, moment: Moment) -> list[Happening]:
        behave = task.deployment.revision.behave
        lived = moment.t - task.since
        if behave.kind == "exit" and lived >= behave.after:
            self._exit(task, moment)
            return ["failed"]
        measured = task.checks_health or bool(task.deployment.target_groups)
        if behave.kind == "never_healthy" and measured:
            return self._sicken(task, lived)
        return self._heal(task, lived)

    def _sicken(self, task: SimTask, lived: float) -> list[Happening]:
        if lived < PATIENCE_SECONDS - 2:
            return []
        task.ready = False
        self._retarget(task, "unhealthy")
        if task.checks_health:
            task.heal("UNHEALTHY")
        return ["unhealthy"] if lived >= PATIENCE_SECONDS else []

    def _heal(self, task: SimTask, lived: float) -> list[Happening]:
        if task.checks_health and lived >= HEALTH_SECONDS and task.health_status != "HEALTHY":
            task.heal("HEALTHY")
        if lived >= CHECK_SECONDS:
            self._retarget(task, "healthy")
        was, task.ready = task.ready, self._is_ready(task)
        if not task.ready or was:
            return []
        task.ready_at = task.since + lived
        return ["ready"]

    def _is_ready(self, task: SimTask) -> bool:
        """Return whether every health check that the task has reports healthy (facts/ecs 2.4)."""
        if task.checks_health and task.health_status != "HEALTHY":
            return False
        groups = task.deployment.target_groups
        return all(self.targets.state(g["targetGroupArn"], task.ip) == "healthy" for g in groups)

    def _exit(self, task: SimTask, moment: Moment) -> None:
        behave = task.deployment.revision.behave
        task.main["exitCode"] = behave.code
        task.log(list(behave.log), moment)
        self._die(task, moment, code="EssentialContainerExited", reason="Essential container in task exited")

    def kill(self, task: SimTask, moment: Moment) -> None:
        """Kill a running task's container, as when it runs out of memory (exit code 137, facts/ecs 2.5)."""
        task.main["exitCode"] = KILLED_EXIT
        task.main["reason"] = "OutOfMemoryError: Container killed due to memory usage"
        self._die(task, moment, code="EssentialContainerExited", reason="Essential container in task exited")

    def _die(self, task: SimTask, moment: Moment, *, code: str, reason: str) -> None:
        task.desired_status, task.ready = "STOPPED", False
        task.stop_code, task.stopped_reason = code, reason
        task.stopping_at = task.execution_stopped_at = moment.at  # type: ignore[attr-defined]
        self._retarget(task, "draining")
        task.enter("DEPROVISIONING", moment, DEPROVISION_SECONDS)

    def _wind_down(self, task: SimTask, moment: Moment) -> None:
        task.ready = False
        started = task.now_status in ("RUNNING", "DEACTIVATING")
        task.enter("STOPPING" if started else "DEPROVISIONING", moment, STOP_SECONDS)

    def _retarget(self, task: SimTask, state: str) -> None:
        """Set the state of the task's targets; an empty state removes them."""
        for group in task.deployment.target_groups:
            if state:
                self.targets.set(group["targetGroupArn"], task.ip, state)
            else:
                self.targets.remove(group["targetGroupArn"], task.ip)
