"""The calls about capacity providers, container instances and Auto Scaling groups (facts/ecs 3.3)."""

from __future__ import annotations

from typing import Any

from playground.aws.account import REGION, ecs
from playground.aws.capacity import Group, Instance
from playground.aws.errors import invalid
from playground.aws.fleet import Fleet
from playground.aws.paging import page

Params = Any


class ProviderCalls:
    """ECS's side. Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def describe_capacity_providers(self, params: Params) -> dict[str, Any]:
        """Answer the providers named, or all; ``cluster`` keeps only that cluster's providers."""
        asked = params.get("capacityProviders")
        names = [str(name).split("/")[-1] for name in asked or ecs().capacity_providers]
        found, failures = ecs().describe_capacity_providers(names)
        if params.get("cluster"):
            of_cluster = ecs().clusters[self._fleet.cluster_name(params["cluster"])].capacity_providers or []
            found = [provider for provider in found if provider.name in of_cluster]
        return {"capacityProviders": found, "failures": failures}

    def list_container_instances(self, params: Params) -> dict[str, Any]:
        rows = self._instances(params.get("cluster"))
        return page(sorted(rows), params, default=100, key="containerInstanceArns")

    def describe_container_instances(self, params: Params) -> dict[str, Any]:
        rows, asked = self._instances(params.get("cluster")), params.get("containerInstances") or []
        if not asked:
            raise invalid("Container instances cannot be empty.")
        by_id = {arn.split("/")[-1]: arn for arn in rows}
        arns = [by_id.get(str(name).split("/")[-1], str(name)) for name in asked]
        missing = [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in rows]
        shown = [self._shown(*rows[arn]) for arn in arns if arn in rows]
        return {"containerInstances": shown, "failures": missing}

    def _instances(self, cluster: str | None) -> dict[str, tuple[Group, Instance]]:
        name = self._fleet.cluster_name(cluster)
        groups = [group for group in self._fleet.capacity.groups.values() if group.cluster == name]
        rows = [(group, instance) for group in groups for instance in group.instances]
        return {instance.arn: (group, instance) for group, instance in rows if instance.state != "Pending"}

    def _shown(self, group: Group, instance: Instance) -> dict[str, Any]:
        tasks = [
            t for t in ecs().tasks.get(group.cluster, {}).values() if t.container_instance_arn == instance.arn
        ]
        states = [task.last_status for task in tasks]
        return {
            "containerInstanceArn": instance.arn,
            "ec2InstanceId": instance.id,
            "capacityProviderName": group.provider,
            "status": "ACTIVE",
            "agentConnected": True,
            "runningTasksCount": states.count("RUNNING"),
            "pendingTasksCount": states.count("PENDING"),
        }


class GroupCalls:
    """Auto Scaling's side, on the world's own groups and not moto's."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def describe_auto_scaling_groups(self, params: Params) -> dict[str, Any]:
        """Answer the groups named, or all, in one page; an unknown name is left out."""
        asked = params.get("AutoScalingGroupNames")
        groups = sorted(self._fleet.capacity.groups.values(), key=lambda group: group.name)
        return {"AutoScalingGroups": [_shown_group(g) for g in groups if not asked or g.name in asked]}

    def update_auto_scaling_group(self, params: Params) -> dict[str, Any]:
        group = self._fleet.capacity.find(params["AutoScalingGroupName"])
        group.calls["UpdateAutoScalingGroup"] += 1
        sizes = (params.get(key) for key in ("MinSize", "MaxSize", "DesiredCapacity"))
        self._fleet.capacity.resize(group, self._fleet.moment, *sizes)
        return {}

    def set_desired_capacity(self, params: Params) -> dict[str, Any]:
        group = self._fleet.capacity.find(params["AutoScalingGroupName"])
        group.calls["SetDesiredCapacity"] += 1
        self._fleet.capacity.resize(group, self._fleet.moment, desired=params["DesiredCapacity"])
        return {}


def _shown_group(group: Group) -> dict[str, Any]:
    zone = f"{REGION}a"
    states = {"Pending": "Pending", "InService": "InService", "Terminating": "Terminating"}
    return {
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "MinSize": group.minimum,
        "MaxSize": group.maximum,
        "DesiredCapacity": group.desired,
        "DefaultCooldown": 300,
        "AvailabilityZones": [zone],
        "HealthCheckType": "EC2",
        "HealthCheckGracePeriod": 0,
        "NewInstancesProtectedFromScaleIn": False,
        "CreatedTime": group.created_at,
        "Instances": [
            {
                "InstanceId": instance.id,
                "AvailabilityZone": zone,
                "LifecycleState": states[instance.state],
                "HealthStatus": "Healthy",
                "ProtectedFromScaleIn": False,
            }
            for instance in group.instances
        ],
    }
