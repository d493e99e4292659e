"""A release that a service had before the world began: stated and not lived through, as ECS remembers it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from playground.aws import images
from playground.aws.account import arn, ecs
from playground.aws.definitions import containers_of
from playground.aws.entities import SimService
from playground.aws.releases import Release, Revision, nineteen_digits

TOOK = timedelta(minutes=4)


def remember(service: SimService, definition: str, at: datetime) -> None:
    """Let ECS remember that the service was deployed with this task definition at that time, and that it
    worked.
    """
    made: Any = ecs().describe_task_definition(definition)
    made.registered_at = at
    where = f"{service.row.cluster_name}/{service.name}"
    rows = [_image(container) for container in containers_of(made)]
    revision = Revision(
        arn=arn("ecs", f"service-revision/{where}/{nineteen_digits()}"),
        task_definition=made.arn,
        images=rows,
        created_at=at,
        network=service.network,
        load_balancers=list(service.row.load_balancers),
    )
    release = Release(
        arn=arn("ecs", f"service-deployment/{where}/{nineteen_digits()}"),
        target=revision,
        source=[],
        created_at=at,
        configuration=dict(service.configuration),
    )
    release.close("SUCCESSFUL", "", at + TOOK)
    service.releases.append(release)


def _image(container: dict[str, Any]) -> dict[str, str]:
    row = {"containerName": container["name"], "image": container["image"]}
    digest = images.resolve(container["image"])
    return row | ({"imageDigest": digest} if digest else {})
