"""Making a new deployment of a service: revision, digests, release (facts/ecs 2.1 and 2.2)."""

from __future__ import annotations

from typing import Any

from moto.ecs.models import TaskDefinition

from playground.aws import images
from playground.aws.account import arn
from playground.aws.behaviour import DEFAULT_FAILURE, Behaviour
from playground.aws.definitions import containers_of
from playground.aws.entities import SimService
from playground.aws.moment import Moment
from playground.aws.releases import NATIVE, Deployment, Release, Revision, nineteen_digits


def deploy(service: SimService, definition: TaskDefinition, moment: Moment) -> Deployment:
    """Create a new PRIMARY deployment; the tag is resolved to a digest now and kept for its later tasks."""
    revision = _revision(service, definition, moment)
    release = _release(service, revision, moment)
    groups = _target_groups(service)
    for old in service.deployments:
        _supersede(old, moment)
    deployment = Deployment(
        id=f"ecs-svc/{nineteen_digits()}",
        revision=revision,
        release=release,
        created_at=moment.at,
        updated_at=moment.at,
        target_groups=groups,
        desired=service.wanted,
    )
    service.deployments.insert(0, deployment)
    service.releases.insert(0, release)
    service.row.task_definition = definition.arn
    service.steady = False
    return deployment


def _supersede(old: Deployment, moment: Moment) -> None:
    """End a release that another one overtook as STOPPED (our reading)."""
    old.status = "ACTIVE"
    if not old.release.ended:
        old.release.hook = None
        old.release.close("STOPPED", "Service deployment stopped: a new one was started.", moment.at)


def _revision(service: SimService, definition: TaskDefinition, moment: Moment) -> Revision:
    resolved: list[dict[str, str]] = []
    for container in containers_of(definition):
        row = {"containerName": container["name"], "image": container["image"]}
        digest = images.resolve(container["image"])
        resolved.append(row | ({"imageDigest": digest} if digest else {}))
    path = f"service-revision/{service.row.cluster_name}/{service.name}/{nineteen_digits()}"
    return Revision(
        arn=arn("ecs", path),
        task_definition=definition.arn,
        images=resolved,
        created_at=moment.at,
        behave=_behaviour(service, definition),
        network=service.network,
        load_balancers=list(service.row.load_balancers),
    )


def _behaviour(service: SimService, definition: TaskDefinition) -> Behaviour:
    """Return how the revision's tasks behave: without a variable that they need, they exit at once."""
    rows = [row for container in containers_of(definition) for row in _configuration(container)]
    known = {row["name"] for row in rows}
    lacking = next((name for name in service.needs if name not in known), "")
    if not lacking:
        return service.behave
    return Behaviour("exit", 1, log=(*DEFAULT_FAILURE[:-1], f"FATAL: missing environment variable {lacking}"))


def _configuration(container: dict[str, Any]) -> list[dict[str, Any]]:
    return [*(container.get("environment") or []), *(container.get("secrets") or [])]


def _release(service: SimService, revision: Revision, moment: Moment) -> Release:
    identity = nineteen_digits()
    path = f"service-deployment/{service.row.cluster_name}/{service.name}/{identity}"
    serving = [d.revision for d in service.deployments if service.live(d)]
    return Release(
        arn=arn("ecs", path),
        target=revision,
        source=serving,
        created_at=moment.at,
        configuration=dict(service.configuration),
    )


def _target_groups(service: SimService) -> list[dict[str, Any]]:
    """Return where new tasks register: with native strategies, the group the serving side does not use."""
    groups: list[dict[str, Any]] = [g for g in service.row.load_balancers if g.get("targetGroupArn")]
    if service.strategy not in NATIVE or service.good is None:
        return groups
    used = {g["targetGroupArn"] for g in service.good.target_groups}
    return [_other_side(group) if group["targetGroupArn"] in used else group for group in groups]


def _other_side(group: dict[str, Any]) -> dict[str, Any]:
    alternate = (group.get("advancedConfiguration") or {}).get("alternateTargetGroupArn")
    return group | {"targetGroupArn": alternate} if alternate else group
