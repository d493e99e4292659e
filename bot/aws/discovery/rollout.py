"""Service deployments and revisions: the record that ECS keeps of one rollout, and the digests it resolved.

ECS has service deployments since 25 October 2024 and keeps each for 90 days (facts/ecs 2.3). An older one is
MISSING, so the answer is ``None``, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.aws import calls
from bot.aws.errors import only_missing
from bot.aws.kept import Kept
from bot.aws.place import Place
from handlers.words.errors import Absent
from policies.service.facts import ServiceDeployment

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceDeploymentTypeDef, ServiceTypeDef

Digests = Mapping[str, str]


def read_rollout(
    place: Place, service: ServiceTypeDef, arn: str, known: Kept[Digests]
) -> ServiceDeployment | None:
    """The service deployment of that ARN if it is this service's and ECS still has it, else ``None``."""
    if not arn:
        return None
    action = f"read the deployment of {service['serviceName']}"
    client = place.ecs(action)
    try:
        with place.turn(calls.DESCRIBE_SERVICE_DEPLOYMENTS, action):
            answer = client.describe_service_deployments(serviceDeploymentArns=[arn])
    except Absent:  # the deployment is of a service that was since deleted and made again
        return None
    only_missing(answer.get("failures", []), action)
    for row in answer["serviceDeployments"]:
        if row.get("serviceDeploymentArn") == arn and row.get("serviceArn") == service["serviceArn"]:
            return _rollout(row, _digests(place, row, known, action))
    return None


def _rollout(row: ServiceDeploymentTypeDef, digests: Digests) -> ServiceDeployment:
    waiting = [
        hook
        for hook in row.get("lifecycleHookDetails", [])
        if hook.get("targetType") == "PAUSE" and hook.get("status") == "AWAITING_ACTION"
    ]
    return ServiceDeployment(
        arn=row["serviceDeploymentArn"],
        status=row["status"],
        created_at=row["createdAt"],
        reason=row.get("statusReason", ""),
        stage=row.get("lifecycleStage", ""),
        paused=bool(waiting),
        hook=waiting[0].get("hookId", "") if waiting else "",
        digests=digests,
    )


def _digests(place: Place, row: ServiceDeploymentTypeDef, known: Kept[Digests], action: str) -> Digests:
    """The digests that the target revision resolved. A revision never changes, but its digests appear a
    moment later.
    """
    arn = row.get("targetServiceRevision", {}).get("arn", "")
    if not arn:
        return {}
    before = known.find(arn)
    if before is not None:
        return before
    client = place.ecs(action)
    with place.turn(calls.DESCRIBE_SERVICE_REVISIONS, action):
        answer = client.describe_service_revisions(serviceRevisionArns=[arn])
    only_missing(answer.get("failures", []), action)
    images = [i for r in answer["serviceRevisions"] for i in r.get("containerImages", [])]
    digests = {i.get("containerName", ""): i.get("imageDigest", "") for i in images}
    resolved = {name: digest for name, digest in digests.items() if digest}
    return known.keep(arn, resolved) if images and len(resolved) == len(images) else resolved
