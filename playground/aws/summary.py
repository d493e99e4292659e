"""The compact summary that ``{"do": "describe"}`` answers, for tests and for the curious."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from playground.aws.account import ecr, ecs
from playground.aws.cache_orders import of_cache
from playground.aws.capacity_orders import of_group
from playground.aws.database_orders import of_database
from playground.aws.definitions import containers_of
from playground.aws.entities import SimService
from playground.aws.fleet import Fleet
from playground.aws.shown import counts


def describe(fleet: Fleet) -> dict[str, Any]:
    """Return clusters with services and tasks, databases, caches, groups, and repositories with images."""
    clusters = {
        name: {s.name: of_service(s) for s in fleet.in_cluster(name)} for name in sorted(ecs().clusters)
    }
    databases = {f"{row.kind}:{row.id}": of_database(row) for row in fleet.databases.rows.values()}
    return {
        "now": fleet.moment.at.isoformat(),
        "clusters": clusters,
        "databases": databases,
        "caches": {f"{row.kind}:{row.id}": of_cache(row) for row in fleet.caches.rows.values()},
        "capacity": {name: of_group(group) for name, group in fleet.capacity.groups.items()},
        "repositories": _repositories(),
    }


def of_service(service: SimService) -> dict[str, Any]:
    """Return what one service is and which calls it has had."""
    row = service.row
    return {
        "arn": row.arn,
        "status": row.status,
        "desired": row.desired_count,
        "running": row.running_count,
        "pending": row.pending_count,
        "steady": service.steady,
        "revision": row.task_definition,
        "tags": {tag["key"]: tag["value"] for tag in row.tags},
        "target_groups": [g["targetGroupArn"] for g in row.load_balancers if g.get("targetGroupArn")],
        "log_group": _log_group(service),
        "behave": service.behave.kind,
        "deployments": [_deployment(service, d) for d in service.deployments],
        "service_deployments": [
            {"arn": r.arn, "status": r.status, "stage": r.stage} for r in service.releases
        ],
        "tasks": [_task(task) for task in service.tasks.values()],
        "calls": dict(service.calls),
        "scaling": of_scaling(service),
        "scaling_calls": dict(service.scaling_calls),
    }


def of_scaling(service: SimService) -> dict[str, Any] | None:
    """Return the bounds and the suspensions; ``None`` for a service without a scalable target."""
    target = service.scaling
    if target is None:
        return None
    return {"min": target.minimum, "max": target.maximum, "suspended": asdict(target.suspended)}


def _deployment(service: SimService, deployment: Any) -> dict[str, Any]:
    running, pending = counts(service, deployment)
    return {
        "id": deployment.id,
        "status": deployment.status,
        "state": deployment.state,
        "service_deployment": deployment.release.arn,
        "revision": deployment.revision.task_definition,
        "images": deployment.revision.images,
        "desired": deployment.desired,
        "running": running,
        "pending": pending,
        "failed": deployment.failed,
    }


def _task(task: Any) -> dict[str, Any]:
    return {
        "arn": task.task_arn,
        "deployment": task.started_by,
        "status": task.now_status,
        "health": task.health_status,
        "instance": task.container_instance_arn,
        "digest": task.main.get("imageDigest"),
        "stopped_reason": task.stopped_reason,
        "protected_until": task.protected_until.isoformat() if task.protected_until else None,
    }


def _log_group(service: SimService) -> str | None:
    definition = ecs().describe_task_definition(str(service.row.task_definition))
    options = (containers_of(definition)[0].get("logConfiguration") or {}).get("options") or {}
    return options.get("awslogs-group")


def _repositories() -> dict[str, list[dict[str, Any]]]:
    return {
        name: [{"digest": row.image_digest, "tags": list(row.image_tags)} for row in repository.images]
        for name, repository in sorted(ecr().repositories.items())
    }
