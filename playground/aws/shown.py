"""What the API shows of a service: attributes on moto's row, and answers to the service deployment calls."""

from __future__ import annotations

from typing import Any

from playground.aws.entities import SimService
from playground.aws.releases import NATIVE, Deployment, Release, Revision


def publish(service: SimService) -> None:
    """Set on moto's row what its serializer looks for (facts/ecs 11)."""
    row: Any = service.row
    live = [task for task in service.tasks.values() if task.now_status != "STOPPED"]
    row.running_count = sum(task.counts_as_running for task in live)
    row.pending_count = sum(task.now_status in ("PROVISIONING", "PENDING") for task in live)
    row.created_at = service.created_at
    row.network_configuration = service.network
    row.deployment_configuration = service.configuration
    row.events = list(service.events)
    kind = row.deployment_controller["type"]
    row.deployments = [_deployment(service, d) for d in service.deployments] if kind == "ECS" else []
    row.task_sets = [_task_set(service, d) for d in service.deployments] if kind != "ECS" else []
    if kind == "ECS" and service.releases:
        row.current_service_deployment = service.release.arn
        row.current_service_revisions = [_summary(service, d.revision) for d in service.deployments]


def counts(service: SimService, deployment: Deployment) -> tuple[int, int]:
    """Return the running and the pending tasks of a deployment."""
    tasks = service.tasks_of(deployment)
    running = sum(task.counts_as_running for task in tasks)
    return running, sum(task.now_status in ("PROVISIONING", "PENDING") for task in tasks)


def _deployment(service: SimService, deployment: Deployment) -> dict[str, Any]:
    running, pending = counts(service, deployment)
    shown = {
        "id": deployment.id,
        "status": deployment.status,
        "taskDefinition": deployment.revision.task_definition,
        "desiredCount": deployment.desired,
        "runningCount": running,
        "pendingCount": pending,
        "failedTasks": deployment.failed,
        "createdAt": deployment.created_at,
        "updatedAt": deployment.updated_at,
        **_launched(service),
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "networkConfiguration": deployment.revision.network,
    }
    if service.strategy not in NATIVE:  # facts/ecs 2.4: rolling deployments only
        reason = deployment.reason or f"ECS deployment {deployment.id} in progress."
        shown |= {"rolloutState": deployment.state, "rolloutStateReason": reason}
    return shown


def _task_set(service: SimService, deployment: Deployment) -> dict[str, Any]:
    """Return a task set; CODE_DEPLOY and EXTERNAL services show those, not deployments (facts/ecs 2.1)."""
    running, pending = counts(service, deployment)
    return {
        "id": deployment.id,
        "status": deployment.status,
        "taskDefinition": deployment.revision.task_definition,
        "computedDesiredCount": deployment.desired,
        "runningCount": running,
        "pendingCount": pending,
        "createdAt": deployment.created_at,
        "updatedAt": deployment.updated_at,
        **_launched(service),
        "scale": {"value": 100.0, "unit": "PERCENT"},
        "stabilityStatus": "STEADY_STATE" if service.steady else "STABILIZING",
        "stabilityStatusAt": deployment.updated_at,
    }


def _summary(service: SimService, revision: Revision) -> dict[str, Any]:
    mine = [d for d in service.deployments if d.revision is revision]
    totals = [counts(service, d) for d in mine]
    return {
        "arn": revision.arn,
        "requestedTaskCount": sum(d.desired for d in mine),
        "runningTaskCount": sum(running for running, _ in totals),
        "pendingTaskCount": sum(pending for _, pending in totals),
    }


def _launched(service: SimService) -> dict[str, Any]:
    """Return the launch type, or the strategy that replaces it."""
    row: Any = service.row
    strategy = getattr(row, "capacity_provider_strategy", None)
    return {"capacityProviderStrategy": strategy} if strategy else {"launchType": "FARGATE"}


def brief(service: SimService, release: Release) -> dict[str, Any]:
    """Return a row of ListServiceDeployments."""
    return {
        "serviceDeploymentArn": release.arn,
        "serviceArn": service.row.arn,
        "clusterArn": service.row.cluster_arn,
        "startedAt": release.created_at,
        "createdAt": release.created_at,
        "finishedAt": release.finished_at,
        "targetServiceRevisionArn": release.target.arn,
        "status": release.status,
        "statusReason": release.reason or None,
    }


def release(service: SimService, release: Release) -> dict[str, Any]:
    """Return a row of DescribeServiceDeployments."""
    enabled = bool((release.configuration.get("deploymentCircuitBreaker") or {}).get("enable"))
    watching = "MONITORING_COMPLETE" if release.ended else "MONITORING"
    target = _summary(service, release.target)
    source = [_summary(service, revision) for revision in release.source]
    if release.stage:
        target |= {"requestedProductionTrafficWeight": release.weight}
        source = [row | {"requestedProductionTrafficWeight": 100.0 - release.weight} for row in source]
    failures = max((d.failed for d in service.deployments if d.release is release), default=0)
    return brief(service, release) | {
        "updatedAt": release.updated_at or release.created_at,
        "stoppedAt": release.stopped_at,
        "targetServiceRevision": target,
        "sourceServiceRevisions": source,
        "lifecycleStage": release.stage,
        "lifecycleHookDetails": _hooks(release),
        "deploymentConfiguration": release.configuration,
        "rollback": release.rollback,
        "deploymentCircuitBreaker": {
            "status": "TRIGGERED" if release.tripped else watching if enabled else "DISABLED",
            "failureCount": failures,
        },
    }


def _hooks(release: Release) -> list[dict[str, Any]] | None:
    hook = release.hook
    if hook is None:
        return None
    return [
        {
            "hookId": hook.id,
            "targetType": "PAUSE",
            "status": hook.status,
            "expiresAt": hook.expires_at,
            "timeoutAction": hook.action,
        }
    ]


def revision(service: SimService, revision: Revision) -> dict[str, Any]:
    """Return a row of DescribeServiceRevisions."""
    return {
        "serviceRevisionArn": revision.arn,
        "serviceArn": service.row.arn,
        "clusterArn": service.row.cluster_arn,
        "taskDefinition": revision.task_definition,
        **_launched(service),
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "networkConfiguration": revision.network,
        "loadBalancers": revision.load_balancers,
        "containerImages": revision.images,
        "createdAt": revision.created_at,
    }
