"""One task of a service, from PROVISIONING to STOPPED.

The row is moto's ``Task`` with the attributes that its serializer looks for (facts/ecs 11). Durations are
shorter than AWS's, where a Fargate task takes 20 to 60 s to start; here they are constants in world seconds.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from moto.ec2.utils import random_public_ip
from moto.ecs.models import Service, TaskDefinition

from playground.aws import task_logs
from playground.aws.account import ec2, ecs
from playground.aws.buying import FREE_STORAGE, SERVERLESS, SYSTEMS
from playground.aws.definitions import containers_of
from playground.aws.moment import Moment
from playground.aws.releases import Deployment
from playground.aws.ticked import TickedTask

PROVISIONING_SECONDS = 1.0
PULL_SECONDS = 2.0
STOP_SECONDS = 1.0
DEPROVISION_SECONDS = 0.5
KEPT_SECONDS = 3600.0
"""AWS guarantees stopped tasks for one hour only, so the world keeps them no longer (facts/ecs 1.2)."""
SIGTERM_EXIT = 143


class SimTask(TickedTask):
    """A task of a service. Its state began at ``since`` and ends at ``due``, in elapsed seconds."""

    def __init__(self, service: Service, provider: str, deployment: Deployment, moment: Moment) -> None:
        definition = ecs().describe_task_definition(deployment.revision.task_definition)
        super().__init__(
            definition,
            service.cluster_name,
            group=f"service:{service.name}",
            launch_type="FARGATE" if provider in ("", *SERVERLESS) else "EC2",
            started_by=deployment.id,
            networking_configuration=deployment.revision.network,
            tags=_propagated(service, definition),
        )
        self.id = uuid.uuid4().hex
        self.definition = definition
        self.deployment = deployment
        self.now_status = "PROVISIONING"
        self.since, self.due = moment.t, moment.t + PROVISIONING_SECONDS
        self.created_at, self.born = moment.at, moment
        dress(self, definition)
        self.availability_zone = "eu-central-1a"
        self.capacity_provider_name = provider or None
        self.stop_code: str | None = None
        self.health_status = "UNKNOWN"
        self.ready, self.ready_at = False, 0.0
        self.protected_until: datetime | None = None
        self.spared = False
        self.containers = [self._container(c) for c in containers_of(definition)]  # type: ignore[misc]

    @property
    def ip(self) -> str:
        return self.eni_detail("privateIPv4Address")

    def eni_detail(self, name: str) -> str:
        """Return a detail of the task's network interface, or an empty text if it has none."""
        attachments: list[Any] = self.attachments
        details = [detail for attachment in attachments for detail in attachment["details"]]
        return next((str(detail["value"]) for detail in details if detail["name"] == name), "")

    @property
    def main(self) -> dict[str, Any]:
        """Return the essential container, which is the first."""
        first: dict[str, Any] = self.containers[0]  # type: ignore[assignment]
        return first

    @property
    def counts_as_running(self) -> bool:
        """Return whether the task counts in ``runningCount``; our reading: draining tasks do, stopping ones
        do not.
        """
        return self.now_status in ("RUNNING", "DEACTIVATING")

    @property
    def checks_health(self) -> bool:
        return any(c.get("healthCheck") for c in containers_of(self.definition))

    def protected(self, moment: Moment) -> bool:
        """Return whether the task is protected from scale-in and deployments now (facts/ecs 3.1)."""
        return self.protected_until is not None and moment.at < self.protected_until

    def enter(self, status: str, moment: Moment, lasting: float) -> None:
        """Enter a state that ends after ``lasting`` seconds."""
        self.now_status = status
        self.since, self.due = moment.t, moment.t + lasting
        for container in self.containers:
            shown = status if status in ("RUNNING", "STOPPED") else container["lastStatus"]  # type: ignore[index]
            container["lastStatus"] = shown  # type: ignore[index]

    def heal(self, status: str) -> None:
        """Set the health of the essential container, and so of the task (facts/ecs 2.4)."""
        self.health_status = status
        self.main["healthStatus"] = status

    def log(self, lines: list[str], moment: Moment) -> None:
        task_logs.write(containers_of(self.definition)[0], self.id, lines, moment)

    def forget(self) -> None:
        """Remove the row and its network interface."""
        ecs().tasks.get(self.cluster_name, {}).pop(self.task_arn, None)
        ec2().enis.pop(self.eni_detail("networkInterfaceId"), None)

    def _container(self, definition: dict[str, Any]) -> dict[str, Any]:
        digest = next(
            (i.get("imageDigest") for i in self.deployment.revision.images
             if i["containerName"] == definition["name"]), None
        )  # fmt: skip
        attachment = self.attachments[0]["id"] if self.attachments else ""
        shown = {
            "containerArn": f"{self.task_arn.replace(':task/', ':container/')}/{uuid.uuid4()}",
            "taskArn": self.task_arn,
            "name": definition["name"],
            "image": definition["image"],
            "lastStatus": "PENDING",
            "networkInterfaces": [{"attachmentId": attachment, "privateIpv4Address": self.ip}],
            "healthStatus": "UNKNOWN",
            "cpu": str(definition.get("cpu", 0)),
        }
        return shown | ({"imageDigest": digest} if digest else {})


def dress(task: Any, definition: TaskDefinition) -> None:
    """Set what a Fargate task's bill depends on (facts/ecs 7.3), and any public address."""
    if task.launch_type == "FARGATE":
        platform = definition.runtime_platform or {}
        task.platform_family = SYSTEMS.get(platform.get("operatingSystemFamily", "LINUX"), "Linux")
        task.ephemeral_storage = definition.ephemeral_storage or {"sizeInGiB": FREE_STORAGE}
    network = (getattr(task, "network_configuration", None) or {}).get("awsvpcConfiguration") or {}
    if network.get("assignPublicIp") == "ENABLED":
        details = task.attachments[0]["details"]
        name = next(row["value"] for row in details if row["name"] == "networkInterfaceId")
        ec2().enis[name].public_ip = random_public_ip()


def _propagated(service: Service, definition: TaskDefinition) -> list[dict[str, str]]:
    """Return the propagated tags: none by default, else those of the source at launch (facts/ecs 1.3)."""
    source = {"SERVICE": service.tags, "TASK_DEFINITION": definition.tags}
    tags = [dict(tag) for tag in source.get(service.propagate_tags, [])]
    if getattr(service, "enable_ecs_managed_tags", False):
        tags.append({"key": "aws:ecs:clusterName", "value": service.cluster_name})
        tags.append({"key": "aws:ecs:serviceName", "value": service.name})
    return tags
