"""What ECS remembers of a service's deployments, and what one revision of a task definition says.

ECS has service deployments since 25 October 2024, keeps each for 90 days, and has none of services whose
controller is not its own (facts/ecs 2.3). The values of variables are left where they are: only their names
leave this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from bot.aws import calls
from bot.aws.discovery.rows import last_part
from bot.aws.errors import only_missing
from bot.aws.place import Place
from handlers.words.errors import Absent, Rejected
from policies.service.history import (
    WORKED,
    DefinedContainer,
    Definition,
    InjectedSecret,
    Network,
    PastDeployment,
    RevisionImage,
)

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import (
        ContainerDefinitionOutputTypeDef,
        SecretTypeDef,
        ServiceDeploymentBriefTypeDef,
        ServiceDeploymentTypeDef,
        ServiceRevisionTypeDef,
        ServiceTypeDef,
        TaskDefinitionTypeDef,
    )

MOST_LISTED = 100
MOST_DESCRIBED = 20
"""The page size of the list, and what fits into one describe call (facts/ecs 1.2)."""


def read_history(place: Place, service: ServiceTypeDef) -> tuple[PastDeployment, ...]:
    """Return up to twenty deployments of the service, newest first. If none of them succeeded, the oldest of
    them makes room for the newest that did. Makes at most four calls.
    """
    action = f"read the past deployments of {service['serviceName']}"
    arns = _listed(place, service, action)
    if not arns:
        return ()
    rows = _deployments(place, arns, action)
    revisions = _revisions(place, [_target(row) for row in rows], action)
    past = [_past(row, revisions.get(_target(row))) for row in rows]
    return tuple(sorted(past, key=lambda p: p.created_at, reverse=True))


def read_worked(place: Place, service: ServiceTypeDef) -> tuple[PastDeployment, ...]:
    """Return up to a hundred deployments of the service that succeeded, newest first. Those of the newest
    hundred service revisions say what they deployed. Makes at most six calls.
    """
    action = f"read the past deployments of {service['serviceName']}"
    client = place.ecs(action)
    with place.turn(calls.LIST_SERVICE_DEPLOYMENTS, action):
        answer = client.list_service_deployments(
            service=service["serviceArn"],
            cluster=service["clusterArn"],
            status=["SUCCESSFUL"],
            maxResults=MOST_LISTED,
        )
    rows = sorted(answer["serviceDeployments"], key=lambda row: row["createdAt"], reverse=True)
    arns = list(dict.fromkeys(arn for row in rows if (arn := row.get("targetServiceRevisionArn", ""))))
    revisions: dict[str, ServiceRevisionTypeDef] = {}
    for begin in range(0, len(arns), MOST_DESCRIBED):
        revisions |= _revisions(place, arns[begin : begin + MOST_DESCRIBED], action)
    return tuple(
        _brief(row, revisions.get(row.get("targetServiceRevisionArn", "")))
        for row in rows
        if row.get("serviceArn") == service["serviceArn"]
    )


def read_past_definition(place: Place, arn: str) -> Definition:
    """Return a revision of a task definition. Raise ``Absent`` if it was deleted, or if it is of another
    account or region. Makes one call.
    """
    check_here(place, arn)
    action = f"read the task definition {last_part(arn)}"
    client = place.ecs(action)
    try:
        with place.turn(calls.DESCRIBE_TASK_DEFINITION, action):
            answer = client.describe_task_definition(taskDefinition=arn)
    except Rejected as refused:  # how ECS says that there is none
        if refused.code != "ClientException":
            raise
        raise Absent(f"ECS has no task definition {last_part(arn)} any more.", refused.code) from refused
    return definition(answer["taskDefinition"])


def check_here(place: Place, arn: str) -> None:
    """Raise ``Absent`` for the ARN of another account or region."""
    environment, parts = place.environment, arn.split(":")
    if parts[3:5] != [environment.region, environment.account]:
        raise Absent(f"The task definition {last_part(arn)} lies in another account or region.")


def _listed(place: Place, service: ServiceTypeDef, action: str) -> list[str]:
    """ARNs of the newest deployments, one that succeeded among them if there is any."""
    client = place.ecs(action)
    where: Any = {"service": service["serviceArn"], "cluster": service["clusterArn"]}
    with place.turn(calls.LIST_SERVICE_DEPLOYMENTS, action):
        answer = client.list_service_deployments(**where, maxResults=MOST_LISTED)
    rows = sorted(answer["serviceDeployments"], key=lambda row: row["createdAt"], reverse=True)
    newest = rows[:MOST_DESCRIBED]
    if any(row.get("status") == WORKED for row in newest) or len(rows) <= MOST_DESCRIBED:
        return [row["serviceDeploymentArn"] for row in newest]
    with place.turn(calls.LIST_SERVICE_DEPLOYMENTS, action):
        answer = client.list_service_deployments(**where, status=["SUCCESSFUL"], maxResults=MOST_LISTED)
    worked = sorted(answer["serviceDeployments"], key=lambda row: row["createdAt"], reverse=True)[:1]
    kept = newest[: MOST_DESCRIBED - len(worked)] + worked
    return [row["serviceDeploymentArn"] for row in kept]


def _deployments(place: Place, arns: Sequence[str], action: str) -> list[ServiceDeploymentTypeDef]:
    client = place.ecs(action)
    with place.turn(calls.DESCRIBE_SERVICE_DEPLOYMENTS, action):
        answer = client.describe_service_deployments(serviceDeploymentArns=list(arns))
    only_missing(answer.get("failures", []), action)
    return list(answer["serviceDeployments"])


def _revisions(place: Place, arns: Iterable[str], action: str) -> dict[str, ServiceRevisionTypeDef]:
    wanted = [arn for arn in dict.fromkeys(arns) if arn]
    if not wanted:
        return {}
    client = place.ecs(action)
    with place.turn(calls.DESCRIBE_SERVICE_REVISIONS, action):
        answer = client.describe_service_revisions(serviceRevisionArns=wanted)
    only_missing(answer.get("failures", []), action)
    return {row["serviceRevisionArn"]: row for row in answer["serviceRevisions"]}


def _target(row: ServiceDeploymentTypeDef) -> str:
    return row.get("targetServiceRevision", {}).get("arn", "")


def _past(row: ServiceDeploymentTypeDef, revision: ServiceRevisionTypeDef | None) -> PastDeployment:
    return PastDeployment(
        arn=row["serviceDeploymentArn"],
        status=row["status"],
        created_at=row["createdAt"],
        started_at=row.get("startedAt"),
        finished_at=row.get("finishedAt"),
        reason=row.get("statusReason", ""),
        revision=_target(row),
        definition=revision.get("taskDefinition", "") if revision else "",
        images=_images(revision) if revision else (),
        network=_network(revision) if revision else None,
        platform=revision.get("platformVersion", "") if revision else "",
        load_balancers=_load_balancers(revision) if revision else (),
        back_to=row.get("rollback", {}).get("serviceRevisionArn", ""),
    )


def _brief(row: ServiceDeploymentBriefTypeDef, revision: ServiceRevisionTypeDef | None) -> PastDeployment:
    """Convert a row of the list, which says nothing of a rollback."""
    return PastDeployment(
        arn=row.get("serviceDeploymentArn", ""),
        status=row.get("status", ""),
        created_at=row["createdAt"],
        started_at=row.get("startedAt"),
        finished_at=row.get("finishedAt"),
        reason=row.get("statusReason", ""),
        revision=row.get("targetServiceRevisionArn", ""),
        definition=revision.get("taskDefinition", "") if revision else "",
        images=_images(revision) if revision else (),
        network=_network(revision) if revision else None,
        platform=revision.get("platformVersion", "") if revision else "",
        load_balancers=_load_balancers(revision) if revision else (),
    )


def _images(row: ServiceRevisionTypeDef) -> tuple[RevisionImage, ...]:
    return tuple(
        RevisionImage(i.get("containerName", ""), i.get("image", ""), i.get("imageDigest", ""))
        for i in row.get("containerImages", [])
    )


def _load_balancers(row: ServiceRevisionTypeDef) -> tuple[str, ...]:
    rows = row.get("loadBalancers", [])
    whose = (b.get("targetGroupArn") or b.get("loadBalancerName", "") for b in rows)
    named = (
        f"{where} {b.get('containerName', '')}:{b.get('containerPort', '')}"
        for where, b in zip(whose, rows, strict=True)
    )
    return tuple(sorted(named))


def _network(row: ServiceRevisionTypeDef) -> Network | None:
    found = row.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if found is None:
        return None
    return Network(
        subnets=tuple(sorted(found.get("subnets", []))),
        security_groups=tuple(sorted(found.get("securityGroups", []))),
        public_ip=found.get("assignPublicIp") == "ENABLED",
    )


def definition(row: TaskDefinitionTypeDef) -> Definition:
    return Definition(
        arn=row.get("taskDefinitionArn", ""),
        status=row.get("status", ""),
        containers=tuple(_container(c) for c in row.get("containerDefinitions", [])),
        cpu=row.get("cpu", ""),
        memory=row.get("memory", ""),
        network_mode=row.get("networkMode", ""),
        task_role=last_part(row.get("taskRoleArn", "")),
        execution_role=last_part(row.get("executionRoleArn", "")),
        registered_at=row.get("registeredAt"),
        registered_by=last_part(row.get("registeredBy", "")),
    )


def _container(row: ContainerDefinitionOutputTypeDef) -> DefinedContainer:
    return DefinedContainer(
        name=row.get("name", ""),
        image=row.get("image", ""),
        essential=row.get("essential", True),
        variables=tuple(sorted(v.get("name", "") for v in row.get("environment", []))),
        variable_files=len(row.get("environmentFiles", [])),
        secrets=tuple(sorted((_secret(s) for s in row.get("secrets", [])), key=lambda s: s.variable)),
        cpu=row.get("cpu"),
        memory=row.get("memory"),
        memory_reservation=row.get("memoryReservation"),
    )


def _secret(row: SecretTypeDef) -> InjectedSecret:
    """Convert a secret. Its reference is an ARN of Secrets Manager (``…:secret:NAME:key:stage:version``) or
    of the Parameter Store (``…:parameter/NAME``), or a parameter's bare name.
    """
    reference = row["valueFrom"]
    parts = reference.split(":", 6)
    source = parts[6] if len(parts) == 7 else reference.rsplit(":parameter", 1)[-1]
    return InjectedSecret(row["name"], source.rstrip(":"))
