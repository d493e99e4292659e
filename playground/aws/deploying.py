"""Making a new deployment of a service: revision, digests, release (facts/ecs 2.1 and 2.2)."""

from __future__ import annotations

from typing import Any

from moto.ecs.models import TaskDefinition

from playground.aws import images
from playground.aws.account import arn
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
        behave=service.behave,
        network=service.network,
        load_balancers=list(service.row.load_balancers),
    )


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
