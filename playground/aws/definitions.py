"""Task definitions: finding one by reference, and reading its containers."""

from __future__ import annotations

from typing import Any

from moto.ecs.exceptions import ECSException
from moto.ecs.models import TaskDefinition

from playground.aws.account import ecs
from playground.aws.errors import AwsError


def containers_of(definition: TaskDefinition) -> list[dict[str, Any]]:
    """Return the definition's containers; the first is the essential one that the world runs."""
    rows: list[Any] = definition.container_definitions
    return rows


def active_definition(reference: str) -> TaskDefinition:
    """Find a task definition by reference; a bare family means its latest ACTIVE revision (facts/ecs 2.1).

    An INACTIVE one is refused (facts/ecs 2.3; the ten minutes of grace are not simulated).
    """
    name = reference.split("/")[-1]
    if ":" not in name:
        rows = ecs().task_definitions.get(name, {})
        active = [number for number, row in rows.items() if row.status == "ACTIVE"]
        if not active:
            raise AwsError("ClientException", "Unable to find an ACTIVE task definition.")
        return rows[max(active)]
    try:
        found = ecs().describe_task_definition(reference)
    except (ECSException, ValueError) as error:
        raise AwsError("ClientException", "TaskDefinition not found.") from error
    if found.status != "ACTIVE":
        raise AwsError("ClientException", "TaskDefinition is inactive")
    return found


def configured(container: dict[str, Any], order: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of the container with the order's ``variables`` (values by name) and ``secrets``
    (``valueFrom`` by name) added or replaced, and without the variables and secrets named in ``without``.
    """
    gone = {str(name) for name in order.get("without") or []}
    variables = {row["name"]: row["value"] for row in container.get("environment") or []}
    secrets = {row["name"]: row["valueFrom"] for row in container.get("secrets") or []}
    variables |= dict(order.get("variables") or {})
    secrets |= dict(order.get("secrets") or {})
    return container | {
        "environment": [{"name": n, "value": str(v)} for n, v in variables.items() if n not in gone],
        "secrets": [{"name": n, "valueFrom": str(v)} for n, v in secrets.items() if n not in gone],
    }
