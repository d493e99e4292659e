"""Compute Optimizer's idle resources, which moto does not have (facts/ecs 7.8)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from playground.aws.account import ACCOUNT, ec2
from playground.aws.billing_lines import HOURS_A_MONTH, task_lines
from playground.aws.entities import SimService
from playground.aws.errors import AwsError
from playground.aws.fleet import Fleet
from playground.aws.leftovers import volume_arn
from playground.aws.metrics import IDLE_CPU
from playground.aws.paging import MOST, slice_of

Params = dict[str, Any]
LOOK_BACK = timedelta(days=14)


class OptimizerCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    regions: tuple[str, ...] = ()

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def get_enrollment_status(self, params: Params) -> Params:
        return {"status": "Active" if self._fleet.optimizer else "Inactive", "memberAccountsEnrolled": False}

    def get_idle_recommendations(self, params: Params) -> Params:
        """Answer services that are idle and have run for the whole look-back, and unattached volumes."""
        if not self._fleet.optimizer:
            why = "The account is not registered for recommendations."
            raise AwsError("OptInRequiredException", why, status=403)
        rows = [*self._services(), *self._volumes()]
        wanted = params.get("resourceArns")
        rows = [row for row in rows if not wanted or row["resourceArn"] in wanted]
        size = int(params.get("maxResults") or MOST)
        shown, token = slice_of(rows, params.get("nextToken"), size)
        answer = {"idleRecommendations": shown, "errors": []}
        return answer | ({"nextToken": token} if token else {})

    def _services(self) -> list[Params]:
        found = []
        for service in self._fleet.services.values():
            since = self._fleet.history.since(service.row.cluster_name, service.name)
            idle = service.idle_since
            if (
                not (idle and since and service.wanted)
                or self._fleet.moment.at - max(since, idle) < LOOK_BACK
            ):
                continue
            row = self._row(service.row.arn, "ECSService", "Idle", self._monthly(service))
            cpu = {"name": "CPU", "statistic": "Maximum", "value": round(IDLE_CPU * 1.6, 2)}
            found.append(row | {"resourceId": service.name, "utilizationMetrics": [cpu]})
        return found

    def _volumes(self) -> list[Params]:
        rows = [row for row in ec2().volumes.values() if row.status == "available"]
        return [
            self._row(volume_arn(row.id), "EBSVolume", "Unattached", Decimal("0.0952") * int(row.size))
            | {"resourceId": row.id, "utilizationMetrics": []}
            for row in rows
        ]

    def _monthly(self, service: SimService) -> Decimal:
        """Return what the service's present tasks cost in a month."""
        stays = [s for s in self._fleet.meter.of(service.row.cluster_name, service.name) if s.end is None]
        hours = Decimal(str(max(sum(s.lived(self._fleet.moment) for s in stays), 1.0))) / 3600
        usd = sum((line.usd for line in task_lines(stays, self._fleet.moment.at)), Decimal())
        return usd / hours * HOURS_A_MONTH * len(stays)

    def _row(self, arn: str, kind: str, finding: str, monthly: Decimal) -> Params:
        saved = {"currency": "USD", "value": float(round(monthly, 2))}
        return {
            "resourceArn": arn,
            "resourceType": kind,
            "accountId": ACCOUNT,
            "finding": finding,
            "findingDescription": f"Simulated: {finding.lower()} over the look-back period.",
            "savingsOpportunity": {"savingsOpportunityPercentage": 100.0, "estimatedMonthlySavings": saved},
            "lookBackPeriodInDays": float(LOOK_BACK.days),
            "lastRefreshTimestamp": self._fleet.moment.at.timestamp(),
        }
