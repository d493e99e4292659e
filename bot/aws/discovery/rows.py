"""ECS's answers as facts of ``policies.service``. Field names are botocore's; what ECS leaves out stays
absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from policies.capacity.groups import SERVERLESS
from policies.cost.fargate import EC2, FARGATE, SPOT, X86, TaskSize
from policies.logs.routes import AWSLOGS, Route
from policies.service.environment import LiveService
from policies.service.facts import Container, ContainerImage, Deployment, Event, ServiceFacts, Task

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import (
        ContainerDefinitionOutputTypeDef,
        ContainerTypeDef,
        DeploymentTypeDef,
        ServiceTypeDef,
        TagTypeDef,
        TaskDefinitionTypeDef,
        TaskSetTypeDef,
        TaskTypeDef,
    )

MANAGED_BY_ECS = "ECS"
"""The ``resourceManagementType`` of an Express service (facts/ecs 2.1)."""


def last_part(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def tags_of(tags: Iterable[TagTypeDef]) -> dict[str, str]:
    return {tag["key"]: tag.get("value", "") for tag in tags if "key" in tag}


def live_service(row: ServiceTypeDef) -> LiveService:
    return LiveService(
        row["serviceName"], last_part(row["clusterArn"]), row["serviceArn"], tags_of(row.get("tags", []))
    )


def summary(row: ServiceTypeDef, at: datetime) -> ServiceFacts:
    """Everything that ``DescribeServices`` alone reports."""
    configuration = row.get("deploymentConfiguration", {})
    live = live_service(row)
    return ServiceFacts(
        name=live.name,
        cluster=live.cluster,
        arn=live.arn,
        at=at,
        status=row.get("status", ""),
        desired=row.get("desiredCount", 0),
        running=row.get("runningCount", 0),
        pending=row.get("pendingCount", 0),
        revision=placed(row).get("taskDefinition", ""),
        deployments=tuple(deployment(d, at) for d in row.get("deployments", [])),
        controller=row.get("deploymentController", {}).get("type", "ECS"),
        strategy=configuration.get("strategy", "ROLLING"),
        scheduling=row.get("schedulingStrategy", "REPLICA"),
        express=row.get("resourceManagementType", "CUSTOMER") == MANAGED_BY_ECS,
        breaker=configuration.get("deploymentCircuitBreaker", {}).get("enable", False),
        target_groups=target_groups(row),
        current_deployment=row.get("currentServiceDeployment", ""),
        providers=providers(row),
        events=tuple(Event(e["createdAt"], e.get("message", "")) for e in row.get("events", [])),
        tags=live.tags,
    )


def providers(row: ServiceTypeDef) -> tuple[str, ...]:
    named = (last_part(item["capacityProvider"]) for item in placed(row).get("capacityProviderStrategy", []))
    return tuple(dict.fromkeys(named))


def bought(row: ServiceTypeDef) -> str:
    """How the service's tasks are paid for. A service that is on Spot even in part counts as Spot, and a
    service that is on instances even in part counts as on instances.
    """
    named = set(providers(row)) or {placed(row).get("launchType", EC2)}
    if named <= {FARGATE}:
        return FARGATE
    return SPOT if named <= SERVERLESS else EC2 if named != {"EXTERNAL"} else "EXTERNAL"


def task_size(row: TaskDefinitionTypeDef) -> TaskSize:
    """The size of a task. ECS gives CPU units (1,024 are one vCPU) and MiB; a definition for instances may
    have neither.
    """
    platform = row.get("runtimePlatform", {})
    return TaskSize(
        service="",
        vcpu=_number(row.get("cpu", "")) / 1_024,
        gb=_number(row.get("memory", "")) / 1_024,
        architecture=platform.get("cpuArchitecture", X86),
        system=platform.get("operatingSystemFamily", "LINUX"),
    )


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def target_groups(row: ServiceTypeDef) -> tuple[str, ...]:
    """ARNs of the service's target groups, each once. The alternate ones carry traffic only in native
    blue/green, linear and canary deployments.
    """
    rolling = row.get("deploymentConfiguration", {}).get("strategy", "ROLLING") == "ROLLING"
    arns: list[str] = []
    for balancer in row.get("loadBalancers", []):
        arns.append(balancer.get("targetGroupArn", ""))
        if not rolling:
            arns.append(balancer.get("advancedConfiguration", {}).get("alternateTargetGroupArn", ""))
    return tuple(dict.fromkeys(arn for arn in arns if arn))


def task_set(row: ServiceTypeDef) -> TaskSetTypeDef | None:
    """The task set that serves. A service that others deploy has task sets in place of deployments; the
    newest one that serves is the primary one.
    """
    return next((each for each in row.get("taskSets", ()) if each.get("status") == "PRIMARY"), None)


def placed(row: ServiceTypeDef) -> Any:
    """What says which revision runs, and where: the task set that serves, or else the service itself."""
    return task_set(row) or row


def deployment(row: DeploymentTypeDef, at: datetime) -> Deployment:
    return Deployment(
        id=row.get("id", ""),
        status=row.get("status", ""),
        revision=row.get("taskDefinition", ""),
        desired=row.get("desiredCount", 0),
        running=row.get("runningCount", 0),
        pending=row.get("pendingCount", 0),
        failed_tasks=row.get("failedTasks", 0),
        created_at=row.get("createdAt", at),
        rollout=row.get("rolloutState"),
        rollout_reason=row.get("rolloutStateReason", ""),
    )


def task(row: TaskTypeDef) -> Task:
    return Task(
        id=last_part(row.get("taskArn", "")),
        deployment=row.get("startedBy", ""),
        revision=row.get("taskDefinitionArn", ""),
        last_status=row.get("lastStatus", ""),
        created_at=row.get("createdAt"),
        health=row.get("healthStatus", "UNKNOWN"),
        ip=address(row),
        stop_code=row.get("stopCode", ""),
        stopped_reason=row.get("stoppedReason", ""),
        stopped_at=row.get("stoppedAt"),
        containers=tuple(container(c) for c in row.get("containers", [])),
    )


def address(row: TaskTypeDef) -> str:
    """The task's private IPv4 address; empty outside the network mode ``awsvpc``."""
    for attachment in row.get("attachments", []):
        for detail in attachment.get("details", []):
            if detail.get("name") == "privateIPv4Address":
                return detail.get("value", "")
    interfaces = [i for c in row.get("containers", []) for i in c.get("networkInterfaces", [])]
    return next((i["privateIpv4Address"] for i in interfaces if "privateIpv4Address" in i), "")


def container(row: ContainerTypeDef) -> Container:
    """Convert a container. ``exit_code`` stays ``None`` for a container that never started (facts/ecs
    2.5).
    """
    return Container(
        name=row.get("name", ""),
        image=row.get("image", ""),
        digest=row.get("imageDigest", ""),
        exit_code=row.get("exitCode"),
        reason=row.get("reason", ""),
        health=row.get("healthStatus", "UNKNOWN"),
    )


def images(rows: Sequence[ContainerDefinitionOutputTypeDef], region: str) -> tuple[ContainerImage, ...]:
    return tuple(container_image(row, region) for row in rows)


def log_route(row: ContainerDefinitionOutputTypeDef, region: str) -> Route:
    """Convert where a container writes its logs. Only ``awslogs`` has a group of this account."""
    logs: Any = row.get("logConfiguration", {})
    driver = str(logs.get("logDriver", ""))
    options: dict[str, str] = logs.get("options", {}) if driver == AWSLOGS else {}
    return Route(
        container=row.get("name", ""),
        essential=row.get("essential", True),
        driver=driver,
        group=options.get("awslogs-group", ""),
        prefix=options.get("awslogs-stream-prefix", ""),
        region=options.get("awslogs-region", region),
    )


def container_image(row: ContainerDefinitionOutputTypeDef, region: str) -> ContainerImage:
    """Convert a container's definition. Log group and prefix are filled in only where the logs can be read
    from here: ``awslogs`` into this region, with a prefix. Without a prefix the stream cannot be derived from
    the task (facts/ecs 4).
    """
    logs: Any = row.get("logConfiguration", {})
    options: dict[str, str] = logs.get("options", {}) if logs.get("logDriver") == "awslogs" else {}
    prefix = options.get("awslogs-stream-prefix", "")
    readable = bool(prefix) and options.get("awslogs-region", region) == region
    return ContainerImage(
        container=row.get("name", ""),
        image=row.get("image", ""),
        essential=row.get("essential", True),
        health_check="healthCheck" in row,
        log_group=options.get("awslogs-group", "") if readable else "",
        log_prefix=prefix if readable else "",
    )
