"""A task of moto's that only the ticker moves."""

from __future__ import annotations

from typing import Any

from moto.ecs.models import Task, TaskDefinition

from playground.aws.account import ecs


class TickedTask(Task):
    """moto's own progress on each look is switched off. ``row``: what else moto's task is made of; by default
    it is of no service, and on Fargate.
    """

    now_status: str

    def __init__(self, definition: TaskDefinition, cluster: str, **row: Any) -> None:
        super().__init__(
            cluster=ecs().clusters[cluster],
            task_definition=definition,
            container_instance_arn=None,
            resource_requirements=None,
            backend=ecs(),
            platform_version="1.4.0",
            **{"group": f"family:{definition.family}", "launch_type": "FARGATE"} | row,
        )
        self.cpu, self.memory = definition.cpu, definition.memory
        self.stopped_reason = None  # type: ignore[assignment]

    @property
    def last_status(self) -> str:
        return self.now_status

    @last_status.setter
    def last_status(self, value: str) -> None:
        self.now_status = value

    def advance(self) -> None:
        """Change nothing: moto calls this on every look."""
