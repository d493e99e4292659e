"""Task definitions. A revision never changes, so a revision that was read once stays valid for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.aws import calls
from bot.aws.discovery import rows
from bot.aws.kept import Kept
from bot.aws.place import Place
from policies.cost.fargate import TaskSize
from policies.logs.routes import Route
from policies.service.facts import ContainerImage
from policies.service.happened import session_of


@dataclass(frozen=True)
class Definition:
    """What is read of a task definition. ``size`` does not name a service yet."""

    images: tuple[ContainerImage, ...]
    size: TaskSize
    registered: datetime | None = None
    registered_by: str = ""
    """The name of the session or the user, without the role (facts/ecs 2.9)."""
    logs: tuple[Route, ...] = ()


NO_DEFINITION = Definition((), TaskSize("", 0, 0))


def read_definition(place: Place, known: Kept[Definition], revision: str, service: str) -> Definition:
    """Return a task definition by its ARN, from memory or else from ECS. A bare family may name another
    revision tomorrow, so it is not kept.
    """
    before = known.find(revision)
    if before is not None:
        return before
    action = f"read the task definition of {service}"
    client = place.ecs(action)
    with place.turn(calls.DESCRIBE_TASK_DEFINITION, action):
        answer = client.describe_task_definition(taskDefinition=revision)
    row = answer["taskDefinition"]
    containers, region = row.get("containerDefinitions", []), place.environment.region
    logs = tuple(rows.log_route(container, region) for container in containers)
    by, images = session_of(row.get("registeredBy", "")), rows.images(containers, region)
    found = Definition(images, rows.task_size(row), row.get("registeredAt"), by, logs)
    pinned = ":task-definition/" in revision and ":" in rows.last_part(revision)
    return known.keep(revision, found) if pinned else found
