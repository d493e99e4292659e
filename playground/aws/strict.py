"""What AWS refuses and moto accepts (facts/ecs 1.2, 1.6, 2.1, 2.6 and 11)."""

from __future__ import annotations

import re
from typing import Any

from playground.aws.account import ACCOUNT, iam
from playground.aws.entities import SimService
from playground.aws.errors import AwsError, invalid

Params = dict[str, Any]

BATCHES: dict[str, tuple[str, int, str]] = {
    "ecs.DescribeServices": ("services", 10, "Services"),
    "ecs.DescribeTasks": ("tasks", 100, "Tasks"),
    "ecs.UpdateTaskProtection": ("tasks", 10, "Tasks"),
    "ecs.DescribeCapacityProviders": ("capacityProviders", 100, "CapacityProviders"),
    "ecs.DescribeContainerInstances": ("containerInstances", 100, "ContainerInstances"),
    "ecs.GetTaskProtection": ("tasks", 100, "Tasks"),
    "ecs.DescribeClusters": ("clusters", 100, "Clusters"),
    "ecs.DescribeServiceDeployments": ("serviceDeploymentArns", 20, "ServiceDeploymentArns"),
    "ecs.DescribeServiceRevisions": ("serviceRevisionArns", 20, "ServiceRevisionArns"),
}
"""By operation: its list, the most entries, the list's name in the message (facts/ecs 1.2)."""
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
MOST_TASKS_RUN = 10
MOST_IMAGES = 100

BY_CODE_DEPLOY = {
    "forceNewDeployment": "force a new deployment",
    "taskDefinition": "update task definition",
    "networkConfiguration": "update network parameters",
    "platformVersion": "update platform version",
    "loadBalancers": "update load balancers",
    "serviceRegistries": "update service registries",
}


def check_call(operation: str, params: Params) -> None:
    """Refuse a call that has too many entries or that STS would not accept."""
    limit = BATCHES.get(operation)
    if limit and len(params.get(limit[0]) or []) > limit[1]:
        raise invalid(f"{limit[2]} cannot have more than {limit[1]} elements.")
    if operation == "sts.AssumeRole":
        check_assume_role(params)
    if operation == "ecs.RunTask" and int(params.get("count") or 1) > MOST_TASKS_RUN:
        raise invalid("Count should be no more than 10.")
    if operation == "ecr.DescribeImages" and len(params.get("imageIds") or []) > MOST_IMAGES:
        raise invalid("imageIds cannot have more than 100 elements.")


def check_assume_role(params: Params) -> None:
    """Require names that STS accepts and a role that exists (facts/ecs 10.3; moto accepts any, 10.4)."""
    for key in ("RoleSessionName", "SourceIdentity"):
        value = params.get(key)
        if value is not None and not SESSION_NAME.fullmatch(str(value)):
            raise AwsError(
                "ValidationError", f"Value at '{key}' failed to satisfy constraint: {SESSION_NAME.pattern}"
            )
    role = str(params.get("RoleArn"))
    if role.startswith(f"arn:aws:iam::{ACCOUNT}:") and all(r.arn != role for r in iam().roles.values()):
        why = f"User is not authorized to perform: sts:AssumeRole on resource: {role}"
        raise AwsError("AccessDenied", why, status=403)


def check_update(service: SimService, params: Params) -> None:
    """Apply the rules for other controllers and for DAEMON services (facts/ecs 2.1).

    The sentences for CODE_DEPLOY are ECS's; those for EXTERNAL are our own wording.
    """
    controller = service.row.deployment_controller["type"]
    asked = [key for key in BY_CODE_DEPLOY if params.get(key)]
    if controller == "CODE_DEPLOY" and asked:
        raise invalid(
            f"Unable to {BY_CODE_DEPLOY[asked[0]]} on services with a CODE_DEPLOY deployment controller. "
            "Use AWS CodeDeploy to trigger a new deployment."
        )
    if controller == "EXTERNAL" and (asked or params.get("deploymentConfiguration")):
        raise invalid(
            "Only the desired count of a service with an EXTERNAL deployment controller can be updated."
        )
    if service.row.scheduling_strategy == "DAEMON" and params.get("desiredCount") is not None:
        raise invalid(
            "The daemon scheduling strategy does not support a desired count for services. "
            "Remove the desired count value and try again."
        )
    if params.get("desiredCount") is not None and int(params["desiredCount"]) < 0:
        raise invalid("desiredCount cannot be negative.")


def unknown(operation: str) -> AwsError:
    """Return an error that is loud on purpose (facts/ecs trap 41): 501, which botocore does not retry."""
    return AwsError(
        "UnknownOperationException",
        f"The playground's AWS does not implement {operation}.",
        status=501,
    )
