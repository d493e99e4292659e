"""What ECS remembers, in memory: ``FakeServices`` is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from handlers.words.errors import Absent
from policies.service.history import Definition, PastDeployment
from tests.fakes.aws_script import Script


@dataclass
class Past:
    """What was put: deployments by service, newest first, and definitions by ARN."""

    deployments: dict[str, tuple[PastDeployment, ...]] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)


class FakeHistory:
    """``Services.history`` and ``Services.definition``: ``remember`` and ``define`` put what is read."""

    script: Script
    past: Past

    def owns(self, service: str) -> bool:
        """Whether the service exists and nobody else claims it."""
        raise NotImplementedError

    def remember(self, service: str, *deployments: PastDeployment) -> None:
        """Set the deployments that ECS remembers of the service, in any order."""
        newest_first = sorted(deployments, key=lambda past: past.created_at, reverse=True)
        self.past.deployments[service] = tuple(newest_first)

    def define(self, *definitions: Definition) -> None:
        self.past.definitions |= {definition.arn: definition for definition in definitions}

    def history(self, service: str) -> tuple[PastDeployment, ...]:
        with self.script.call("history", service):
            if not self.owns(service):
                raise Absent(f"There is no service {service} here.")
            return self.past.deployments.get(service, ())

    def definition(self, arn: str) -> Definition:
        with self.script.call("definition", arn):
            if arn not in self.past.definitions:
                raise Absent(f"ECS has no task definition {arn.rsplit('/', 1)[-1]} any more.")
            return self.past.definitions[arn]
