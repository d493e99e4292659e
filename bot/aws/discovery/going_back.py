"""Takes a service back: stops the deployment in progress, or deploys an earlier revision of its task
definition (facts/ecs 2.3). Which of the two, and whether at all, is decided elsewhere.
"""

from __future__ import annotations

from bot.aws import calls
from bot.aws.discovery import history
from bot.aws.discovery.ecs import receipt_of
from bot.aws.discovery.live import LiveServices
from bot.aws.place import Place
from handlers.ports.aws import Receipt
from handlers.words.errors import Absent
from policies.service.history import PastDeployment


class EcsRollbacks:
    """Implements ``handlers.ports.aws.Rollbacks``. Every change is one attempt; a failure before it is not
    ``Unanswered``.
    """

    def __init__(self, place: Place, live: LiveServices) -> None:
        self._place, self._live = place, live

    def worked(self, service: str) -> tuple[PastDeployment, ...]:
        return history.read_worked(self._place, self._live.own_row(service))

    def deploy(self, service: str, definition: str) -> Receipt:
        """Deploy exactly that revision. A bare family would mean the revision registered last, so only an ARN
        is sent.
        """
        send_by = self._place.send_by()
        row = self._live.own_row(service)
        action = f"roll {service} back"
        history.check_here(self._place, definition)
        client = self._place.ecs_for_change(action)
        with self._place.turn(calls.UPDATE_SERVICE, action, send_by=send_by):
            answer = client.update_service(
                cluster=row["clusterArn"], service=row["serviceArn"], taskDefinition=definition
            )
        return receipt_of(answer["ResponseMetadata"]["RequestId"], answer.get("service", row))

    def stop(self, service: str, service_deployment: str, hook: str = "") -> Receipt:
        send_by = self._place.send_by()
        row = self._live.own_row(service)
        action = f"roll {service} back"
        if not service_deployment.startswith(
            row["serviceArn"].replace(":service/", ":service-deployment/") + "/"
        ):
            raise Absent(f"{service} has no such deployment.")
        client = self._place.ecs_for_change(action)
        if hook:
            with self._place.turn(calls.CONTINUE_SERVICE_DEPLOYMENT, action, send_by=send_by):
                went_on = client.continue_service_deployment(
                    serviceDeploymentArn=service_deployment, hookId=hook, action="ROLLBACK"
                )
            return Receipt(went_on["ResponseMetadata"]["RequestId"], service_deployment=service_deployment)
        with self._place.turn(calls.STOP_SERVICE_DEPLOYMENT, action, send_by=send_by):
            stopped = client.stop_service_deployment(
                serviceDeploymentArn=service_deployment, stopType="ROLLBACK"
            )
        return Receipt(stopped["ResponseMetadata"]["RequestId"], service_deployment=service_deployment)
