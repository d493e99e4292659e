"""Every service deployment of some services since a moment, with who registered its revision.

``DescribeServices`` tells which services changed; only those are asked for the list of their deployments,
because a list is one call for each service (facts/ecs 1.5, 2.9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.aws import calls
from bot.aws.discovery import rows
from bot.aws.discovery.definitions import Definition, read_definition
from bot.aws.discovery.live import batches
from bot.aws.errors import only_missing
from bot.aws.kept import Kept
from bot.aws.place import Place
from handlers.words.errors import Absent
from policies.service.happened import Rollout

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import DeploymentTypeDef, ServiceDeploymentBriefTypeDef, ServiceTypeDef

MOST_LISTED, MOST_PAGE, MOST_REVISIONS = 10, 100, 20
"""Services whose deployments are listed, deployments of each, and revisions in one call (facts/ecs 1.2)."""


@dataclass(frozen=True)
class Reader:
    """Reads for one answer. ``now`` is the decision clock."""

    place: Place
    definitions: Kept[Definition]
    now: datetime

    def since(self, services: Sequence[ServiceTypeDef], since: datetime) -> tuple[Rollout, ...]:
        young = {row["serviceArn"]: self._young(row, since) for row in services}
        changed = [row for row in services if young[row["serviceArn"]]]
        changed.sort(key=lambda row: max(d["createdAt"] for d in young[row["serviceArn"]]), reverse=True)
        briefs = [(row, brief) for row in changed[:MOST_LISTED] for brief in self._listed(row, since)]
        revisions = self._revisions([brief for _, brief in briefs])
        found = [self._rollout(row["serviceName"], brief, revisions) for row, brief in briefs]
        told = {rollout.service for rollout in found}
        for row in changed:
            if row["serviceName"] not in told:
                found += [self._shown(row["serviceName"], d) for d in young[row["serviceArn"]]]
        return tuple(sorted(found, key=lambda rollout: rollout.created_at, reverse=True))

    def _young(self, row: ServiceTypeDef, since: datetime) -> list[DeploymentTypeDef]:
        return [d for d in row.get("deployments", []) if (at := d.get("createdAt")) and at >= since]

    def _listed(self, row: ServiceTypeDef, since: datetime) -> list[ServiceDeploymentBriefTypeDef]:
        """The newest deployments of one service, in one page. A service that is gone by now has none."""
        action = f"list the deployments of {row['serviceName']}"
        client = self.place.ecs(action)
        try:
            with self.place.turn(calls.LIST_SERVICE_DEPLOYMENTS, action):
                page = client.list_service_deployments(
                    cluster=row["clusterArn"],
                    service=row["serviceArn"],
                    createdAt={"after": since},
                    maxResults=MOST_PAGE,
                )
        except Absent:
            return []
        return [brief for brief in page["serviceDeployments"] if brief.get("createdAt", since) >= since]

    def _revisions(self, briefs: Sequence[ServiceDeploymentBriefTypeDef]) -> dict[str, str]:
        """The task definition of each service revision, by the revision's ARN."""
        action = f"read the revisions of {self.place.environment.name}"
        client = self.place.ecs(action)
        arns = dict.fromkeys(arn for brief in briefs if (arn := brief.get("targetServiceRevisionArn")))
        found: dict[str, str] = {}
        for batch in batches(arns, MOST_REVISIONS):
            with self.place.turn(calls.DESCRIBE_SERVICE_REVISIONS, action):
                answer = client.describe_service_revisions(serviceRevisionArns=batch)
            only_missing(answer.get("failures", []), action)
            for row in answer["serviceRevisions"]:
                found[row.get("serviceRevisionArn", "")] = row.get("taskDefinition", "")
        return found

    def _rollout(
        self, service: str, brief: ServiceDeploymentBriefTypeDef, revisions: dict[str, str]
    ) -> Rollout:
        revision = revisions.get(brief.get("targetServiceRevisionArn", ""), "")
        definition = self._definition(revision, service)
        return Rollout(
            service=service,
            id=brief.get("serviceDeploymentArn", ""),
            status=brief.get("status", ""),
            created_at=brief.get("createdAt", self.now),
            finished_at=brief.get("finishedAt"),
            reason=brief.get("statusReason", ""),
            revision=rows.last_part(revision),
            registered_by=definition.registered_by if definition else "",
            registered_at=definition.registered if definition else None,
        )

    def _shown(self, service: str, row: DeploymentTypeDef) -> Rollout:
        """A deployment as ``DescribeServices`` shows it."""
        revision = row.get("taskDefinition", "")
        definition = self._definition(revision, service)
        return Rollout(
            service=service,
            id=row.get("id", ""),
            status=row.get("rolloutState") or row.get("status", ""),
            created_at=row.get("createdAt", self.now),
            reason=row.get("rolloutStateReason", ""),
            revision=rows.last_part(revision),
            registered_by=definition.registered_by if definition else "",
            registered_at=definition.registered if definition else None,
        )

    def _definition(self, revision: str, service: str) -> Definition | None:
        """The task definition, from memory or ECS; ``None`` for one that was deleted."""
        if not revision:
            return None
        try:
            return read_definition(self.place, self.definitions, revision, service)
        except Absent:
            return None
