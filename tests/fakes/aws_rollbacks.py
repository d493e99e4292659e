"""Going back, in memory: the services of a ``FakeServices`` roll back at once and come up when ECS moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.ports.aws import Receipt
from handlers.words.errors import Absent, Rejected
from policies.service.facts import ServiceDeployment
from policies.service.history import PastDeployment
from policies.service.rollback import GOING_BACK, STOPPABLE
from tests.fakes.aws_script import Script

if TYPE_CHECKING:
    from tests.fakes.aws import FakeServices


class FakeRollbacks:
    """``Rollbacks``. What worked is what was put with ``FakeServices.remember``."""

    def __init__(self, services: FakeServices) -> None:
        self._services = services
        self.script: Script = services.script

    def worked(self, service: str) -> tuple[PastDeployment, ...]:
        with self.script.call("worked", service):
            self._exists(service)
            return tuple(past for past in self._services.past.deployments.get(service, ()) if past.worked)

    def deploy(self, service: str, definition: str) -> Receipt:
        with self.script.call("deploy back", service, definition):
            self._exists(service)
            known = self._services.past.definitions.get(definition)
            if known is not None and not known.active:
                raise Rejected("AWS refused to roll it back: TaskDefinition is inactive", "ClientException")
            return self._services.redeploy(service, definition)

    def stop(self, service: str, service_deployment: str, hook: str = "") -> Receipt:
        with self.script.call("stop deployment", service, service_deployment, hook):
            self._exists(service)
            facts = self._services.known()[service]
            release = facts.service_deployment
            if release is None or release.arn != service_deployment:
                raise Absent(f"{service} has no such deployment.")
            if release.status not in STOPPABLE | GOING_BACK or hook != (release.hook if hook else ""):
                raise Rejected(f"The service deployment is {release.status}.", "ConflictException")
            if release.status in STOPPABLE:
                self._back(service, release)
        return Receipt(f"request-stop-{service}", service_deployment=service_deployment)

    def _back(self, service: str, release: ServiceDeployment) -> None:
        facts = self._services.known()[service]
        failed, *old = facts.deployments
        good = old[0] if old else failed
        back = replace(
            good,
            id=f"{failed.id}-back",
            status="PRIMARY",
            rollout="IN_PROGRESS",
            rollout_reason=f"ECS deployment circuit breaker: rolling back to deploymentId {good.id}.",
            created_at=facts.at,
        )
        gone = replace(failed, status="ACTIVE", rollout="FAILED")
        going = replace(
            release, status="ROLLBACK_IN_PROGRESS", reason="rolled back on request", hook="", paused=False
        )
        self._services.change(
            service,
            deployments=(back, gone, *old),
            revision=good.revision,
            service_deployment=going,
        )

    def _exists(self, service: str) -> None:
        if not self._services.owns(service):
            raise Absent(f"There is no service {service} here.")
