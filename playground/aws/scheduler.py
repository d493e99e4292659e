"""One step of one service: its tasks live on, their changes are noted, the strategy acts, finished
deployments close.
"""

from __future__ import annotations

from playground.aws import blue_green, breaker, rolling, shown
from playground.aws.entities import SimService
from playground.aws.lifecycle import Lifecycle
from playground.aws.moment import Moment
from playground.aws.releases import NATIVE, Deployment
from playground.aws.targets import short_group
from playground.aws.tasks import SimTask

BACK_OFF_SECONDS = 2.0
MOST_BACK_OFF_SECONDS = 60.0
IMPAIRED_AFTER = 3
"""Consecutive failures after which ECS reports that it cannot start tasks consistently, and slows down."""


def step(service: SimService, lifecycle: Lifecycle, moment: Moment) -> None:
    """Advance the service to ``moment`` and publish what DescribeServices shows."""
    for task in list(service.tasks.values()):
        for happening in lifecycle.advance(task, service, moment):
            _note(happening, task, service, lifecycle, moment)
    if service.deployments:
        _schedule(service, lifecycle, moment)
        _finish(service, moment)
    if service.row.status == "DRAINING" and all(t.now_status == "STOPPED" for t in service.tasks.values()):
        service.row.status = "INACTIVE"
    shown.publish(service)


def in_motion(service: SimService) -> bool:
    """Return whether the world must take short strides for this service."""
    return not service.steady or any(
        t.now_status not in ("RUNNING", "STOPPED") for t in service.tasks.values()
    )


def _schedule(service: SimService, lifecycle: Lifecycle, moment: Moment) -> None:
    breaker.check(service, lifecycle, moment)
    native = service.strategy in NATIVE and service.release.rollback is None
    if native and service.release.source and not service.release.ended:
        blue_green.step(service, lifecycle, moment)
    else:
        rolling.step(service, lifecycle, moment)


def _note(happening: str, task: SimTask, service: SimService, lifecycle: Lifecycle, moment: Moment) -> None:
    deployment = task.deployment
    if happening == "started":
        for group in deployment.target_groups:
            where = short_group(group["targetGroupArn"])
            service.say(f"(service {service.name}) registered 1 targets in {where}", moment.at)
    elif happening == "ready":
        # facts/ecs 2.4: the count falls to zero once a task runs, or passes its checks if it has any.
        deployment.failed = 0
    elif happening == "failed":
        _failed(service, deployment, moment)
    elif happening == "unhealthy" and task.desired_status == "RUNNING":
        why = _sickness(service, task)
        service.say(f"(service {service.name}) (task {task.id}) {why}", moment.at)
        reason = f"Task {why}".rstrip(".")
        lifecycle.stop(task, service, moment, code="ServiceSchedulerInitiated", reason=reason)
        _failed(service, deployment, moment)


def _sickness(service: SimService, task: SimTask) -> str:
    if task.checks_health:
        return "failed container health checks."
    groups = ", ".join(short_group(g["targetGroupArn"]) for g in task.deployment.target_groups)
    return f"failed ELB health checks in {groups}."


def _failed(service: SimService, deployment: Deployment, moment: Moment) -> None:
    deployment.failed += 1
    deployment.failures += 1
    deployment.updated_at = moment.at
    if deployment.failed < IMPAIRED_AFTER:
        return
    wait = min(MOST_BACK_OFF_SECONDS, BACK_OFF_SECONDS * 2 ** min(10, deployment.failed - IMPAIRED_AFTER))
    deployment.launch_after = moment.t + wait
    if not deployment.impaired:
        deployment.impaired = True
        service.say(
            f"(service {service.name}) is unable to consistently start tasks successfully. "
            "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
            moment.at,
        )


def _finish(service: SimService, moment: Moment) -> None:
    primary = service.primary
    for deployment in service.deployments[1:]:
        deployment.desired = len(service.live(deployment))
    primary.desired = service.wanted
    calm = rolling.settled(service, moment) and primary.state != "FAILED"
    native = service.strategy in NATIVE and bool(primary.release.source) and primary.release.rollback is None
    if calm and native and not primary.release.ended and primary.release.stage != "CLEAN_UP":
        calm = False
    if calm and primary.state == "IN_PROGRESS":
        _complete(service, primary, moment)
    elif calm and service.release.status == "ROLLBACK_IN_PROGRESS":
        service.release.close("ROLLBACK_SUCCESSFUL", service.release.reason, moment.at)
    if calm and not service.steady:
        service.say(f"(service {service.name}) has reached a steady state.", moment.at)
    service.steady = calm
    service.deployments[1:] = [d for d in service.deployments[1:] if _still_listed(service, d)]


def _still_listed(service: SimService, deployment: Deployment) -> bool:
    """Return whether an old deployment stays listed: until its last task has stopped and any roll-back from
    it has ended (our reading).
    """
    if deployment.release.status == "ROLLBACK_IN_PROGRESS":
        return True
    return any(task.now_status != "STOPPED" for task in service.tasks_of(deployment))


def _complete(service: SimService, deployment: Deployment, moment: Moment) -> None:
    deployment.moved("COMPLETED", f"ECS deployment {deployment.id} completed.", moment.at)
    release = deployment.release
    if release.rollback is None:
        release.close("SUCCESSFUL", "", moment.at)
        release.weight = 100.0
    else:
        release.close("ROLLBACK_SUCCESSFUL", release.reason, moment.at)
    service.good = deployment
    service.say(f"(service {service.name}) (deployment {deployment.id}) deployment completed.", moment.at)
