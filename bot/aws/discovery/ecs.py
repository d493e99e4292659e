"""The services of one environment: which they are, how they stand, and the two changes to them.

Every look-up by name is judged on rows read now, so a service that was re-tagged or claimed by another
environment a moment ago is no longer this environment's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.aws import calls
from bot.aws.discovery import history, live, rollout, rollouts, rows, tasks_of
from bot.aws.discovery.definitions import NO_DEFINITION, Definition, read_definition
from bot.aws.discovery.live import LiveServices
from bot.aws.kept import Kept
from bot.aws.place import Place
from bot.aws.targets import read_targets
from handlers.ports.aws import Receipt
from policies.cost.fargate import TaskSize
from policies.logs.routes import Route
from policies.service.environment import LiveService, Membership
from policies.service.facts import ServiceFacts, Task
from policies.service.happened import Rollout
from policies.service.history import Definition as PastDefinition
from policies.service.history import PastDeployment

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceTypeDef

MOST_MEMBERSHIPS, MOST_DEFINITIONS, MOST_REVISIONS = 512, 4_096, 4_096


@dataclass(frozen=True)
class Memory:
    """What the process remembers of ECS: memberships for seconds, and revisions, which never change, for
    good.
    """

    memberships: Kept[tuple[LiveService, ...]]
    definitions: Kept[Definition]
    revisions: Kept[rollout.Digests]

    @classmethod
    def fresh(cls, clock: Callable[[], float], membership_seconds: float) -> Memory:
        """Start with an empty memory. ``clock`` counts monotonic seconds."""
        return cls(
            Kept(MOST_MEMBERSHIPS, clock, membership_seconds),
            Kept(MOST_DEFINITIONS, clock),
            Kept(MOST_REVISIONS, clock),
        )


class EcsServices:
    """Implements ``handlers.ports.aws.Services``. ``now`` is the decision clock, which dates the facts."""

    def __init__(
        self, place: Place, everyone: live.Everyone, memory: Memory, now: Callable[[], datetime]
    ) -> None:
        self._place, self._memory, self._now = place, memory, now
        self._live = LiveServices(place, everyone, memory.memberships)

    def members(self) -> Membership:
        return self._live.membership()

    def summaries(self, services: Sequence[str], *, tasks: bool = False) -> tuple[ServiceFacts, ...]:
        at = self._now()
        found = self._live.own_rows(services)
        if not tasks:
            return tuple(rows.summary(row, at) for row in found)
        by_cluster = {c: tasks_of.read_all_tasks(self._place, c) for c in {r["clusterArn"] for r in found}}
        return tuple(
            self._with_tasks(rows.summary(r, at), by_cluster[r["clusterArn"]].get(r["serviceName"], ()))
            for r in found
        )

    def facts(self, service: str, service_deployment: str = "", *, protection: bool = False) -> ServiceFacts:
        return self._facts(self._live.own_row(service), service_deployment, protection=protection)

    def facts_of(self, arn: str, service_deployment: str = "") -> ServiceFacts:
        return self._facts(self._live.row_of(arn), service_deployment, protection=False)

    def _facts(self, row: ServiceTypeDef, service_deployment: str, *, protection: bool) -> ServiceFacts:
        known = rows.summary(row, self._now())
        primary = known.primary
        wanted = service_deployment or known.current_deployment
        tasks = tasks_of.read_tasks(self._place, row)
        return replace(
            known,
            images=self._definition(primary.revision if primary else known.revision, known.name).images,
            tasks=tasks_of.with_protection(self._place, row, tasks) if protection else tasks,
            targets=read_targets(self._place, known.target_groups),
            service_deployment=rollout.read_rollout(self._place, row, wanted, self._memory.revisions),
        )

    def _with_tasks(self, known: ServiceFacts, tasks: tuple[Task, ...]) -> ServiceFacts:
        revision = known.primary.revision if known.primary else known.revision
        targets = read_targets(self._place, known.target_groups)
        images = self._definition(revision, known.name).images
        return replace(known, tasks=tasks, images=images, targets=targets)

    def sizes(self, services: Sequence[str]) -> tuple[TaskSize, ...]:
        """Task sizes by the revision that is configured now."""
        return tuple(
            replace(
                self._definition(rows.placed(row).get("taskDefinition", ""), row["serviceName"]).size,
                service=row["serviceName"],
                bought=rows.bought(row),
            )
            for row in self._live.own_rows(services)
        )

    def deployments_since(self, services: Sequence[str], since: datetime) -> tuple[Rollout, ...]:
        found = self._live.own_rows(services)
        reader = rollouts.Reader(self._place, self._memory.definitions, self._now())
        return reader.since(found, since)

    def history(self, service: str) -> tuple[PastDeployment, ...]:
        return history.read_history(self._place, self._live.own_row(service))

    def definition(self, arn: str) -> PastDefinition:
        return history.read_past_definition(self._place, arn)

    def log_routes(self, service: str, revisions: Sequence[str]) -> dict[str, tuple[Route, ...]]:
        return {revision: self._definition(revision, service).logs for revision in revisions}

    def deploy(self, service: str) -> Receipt:
        """Restart a service. Only ``forceNewDeployment`` is sent: without a task definition, the configured
        revision stays, whereas a bare family would deploy the revision registered last (facts/ecs 2.1). A
        failure before the one attempt is not ``Unanswered``.
        """
        send_by = self._place.send_by()
        row = self._live.own_row(service)
        action = f"restart {service}"
        client = self._place.ecs_for_change(action)
        with self._place.turn(calls.UPDATE_SERVICE, action, send_by=send_by):
            answer = client.update_service(
                cluster=row["clusterArn"], service=row["serviceArn"], forceNewDeployment=True
            )
        return receipt_of(answer["ResponseMetadata"]["RequestId"], answer.get("service", row))

    def set_desired(self, service: str, count: int) -> Receipt:
        """Set the desired count. Only ``desiredCount`` is sent, so a deployment in flight goes on unchanged.
        ECS itself refuses a daemon service and a negative count. The call is safe to repeat, but is attempted
        only once: if the answer is lost, the caller is told and decides.
        """
        send_by = self._place.send_by()
        row = self._live.own_row(service)
        action = f"set {service} to {count} tasks"
        client = self._place.ecs_for_change(action)
        with self._place.turn(calls.UPDATE_SERVICE, action, send_by=send_by):
            answer = client.update_service(
                cluster=row["clusterArn"], service=row["serviceArn"], desiredCount=count
            )
        return receipt_of(answer["ResponseMetadata"]["RequestId"], answer.get("service", row))

    def _definition(self, revision: str, service: str) -> Definition:
        if not revision:
            return NO_DEFINITION
        return read_definition(self._place, self._memory.definitions, revision, service)


def receipt_of(request_id: str, row: ServiceTypeDef) -> Receipt:
    """Build the receipt. AWS has accepted the change, so a missing field must not raise an error here."""
    primary = [d for d in row.get("deployments", []) if d.get("status") == "PRIMARY"]
    return Receipt(
        request_id=request_id,
        deployment=primary[0].get("id", "") if primary else "",
        service_deployment=row.get("currentServiceDeployment", ""),
        revision=row.get("taskDefinition", ""),
    )
