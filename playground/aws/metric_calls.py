"""``cloudwatch:GetMetricData`` on services, load balancers, Aurora and serverless caches, from the world's
history.

moto knows only metrics that somebody has put; the metrics that AWS writes by itself come from here (facts/ecs
7.8).
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.aws import attached_metrics, metrics
from playground.aws.account import elb
from playground.aws.balancers import name_of
from playground.aws.entities import SimService
from playground.aws.errors import AwsError
from playground.aws.fleet import Fleet
from playground.aws.meter import Stay
from playground.aws.metrics import Asked, Point

Params = dict[str, Any]
MOST_QUERIES = 500
MOST_POINTS = 100_800
"""Both limits are from facts/ecs 7.8."""
WEIGHTS: dict[str, Callable[[Stay], float]] = {
    "RunningTaskCount": lambda _: 1.0,
    "CpuReserved": lambda stay: float(stay.size.cpu),
    "MemoryReserved": lambda stay: float(stay.size.memory),
}
CLUSTER_AND_SERVICE = {"ClusterName", "ServiceName"}


@dataclass(frozen=True)
class Query:
    """One metric that a caller asks for; ``where`` holds its dimensions."""

    id: str
    label: str
    namespace: str
    name: str
    where: dict[str, str]
    asked: Asked


Behind = Callable[[dict[str, str]], list[tuple[str, SimService]]]
"""Maps dimensions to the target groups they name, each with its service."""


class MetricCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def get_metric_data(self, params: Params) -> Params:
        """Answer each query's points, newest first by default; a page has at most 100,800 points."""
        queries = _queries(params)
        first, skip = _place(params.get("NextToken"))
        behind = self._fronts()
        left = min(int(params.get("MaxDatapoints") or MOST_POINTS), MOST_POINTS)
        results: list[Params] = []
        for number in range(first, len(queries)):
            points = list(self._points(queries[number], behind))
            if params.get("ScanBy") != "TimestampAscending":
                points.reverse()
            shown = points[skip : skip + left]
            left -= len(shown)
            more = len(points) > skip + len(shown)
            results.append(_result(queries[number], shown, more))
            if more:
                return {"MetricDataResults": results, "NextToken": _token(number, skip + len(shown))}
            skip = 0
            if left == 0 and number + 1 < len(queries):
                return {"MetricDataResults": results, "NextToken": _token(number + 1, 0)}
        return {"MetricDataResults": results}

    def _points(self, query: Query, behind: Behind) -> Iterator[Point]:
        match query.namespace:
            case "ECS/ContainerInsights" if query.name in WEIGHTS and set(query.where) == CLUSTER_AND_SERVICE:
                yield from self._insights(query)
            case "AWS/ECS" if query.name == "CPUUtilization" and set(query.where) == CLUSTER_AND_SERVICE:
                yield from self._cpu(query)
            case "AWS/ApplicationELB" if query.name == "RequestCount":
                yield from self._requests(query, behind)
            case "AWS/RDS" | "AWS/ElastiCache":
                parts = attached_metrics.stretches(self._fleet, query.name, query.where)
                yield from metrics.counted(parts, query.asked, self._now.timestamp())

    def _insights(self, query: Query) -> Iterator[Point]:
        """Yield points only for clusters with Container Insights on now; since when is not simulated."""
        cluster, service = query.where["ClusterName"], query.where["ServiceName"]
        if cluster not in self._fleet.insights:
            return
        stays = self._fleet.history.of(cluster, service)
        parts = metrics.stretches(stays, self._now, WEIGHTS[query.name])
        yield from metrics.counted(parts, query.asked, self._now.timestamp())

    def _cpu(self, query: Query) -> Iterator[Point]:
        cluster, name = query.where["ClusterName"], query.where["ServiceName"]
        service = self._fleet.services.get((cluster, name))
        parts = metrics.stretches(
            self._fleet.history.of(cluster, name), self._now, WEIGHTS["RunningTaskCount"]
        )
        idle = _idle(service)
        yield from metrics.used(
            parts, query.asked, self._now.timestamp(), name=f"{cluster}/{name}", idle=idle
        )

    def _requests(self, query: Query, behind: Behind) -> Iterator[Point]:
        """Yield request counts by load balancer, by target group, or by both."""
        found: dict[datetime, float] = {}
        for group, service in behind(query.where):
            stays = self._fleet.history.of(service.row.cluster_name, service.name)
            parts = metrics.stretches(stays, self._now, WEIGHTS["RunningTaskCount"])
            now, idle = self._now.timestamp(), _idle(service)
            for at, value in metrics.requests(parts, query.asked, now, name=group, idle=idle):
                found[at] = found.get(at, 0.0) + value
        yield from sorted(found.items())

    def _fronts(self) -> Behind:
        """Return a lookup from the dimensions that metrics use to target groups and their services."""
        named: dict[tuple[str, str], dict[str, SimService]] = {}
        for service in self._fleet.services.values():
            for row in service.row.load_balancers:
                group = elb().target_groups.get(row.get("targetGroupArn", ""))
                if group is None:
                    continue
                names = [("LoadBalancer", name_of(arn)) for arn in group.load_balancer_arns]
                for name in (("TargetGroup", name_of(group.arn)), *names):
                    named.setdefault(name, {})[str(group.arn)] = service

        def behind(where: dict[str, str]) -> list[tuple[str, SimService]]:
            rows = [named.get(name, {}) for name in where.items()]
            return [
                (group, s) for group, s in (rows[0] if rows else {}).items() if all(group in r for r in rows)
            ]

        return behind

    @property
    def _now(self) -> datetime:
        return self._fleet.moment.at


def _idle(service: SimService | None) -> float:
    """Return the instant from which the service is idle, in seconds of the epoch."""
    if service is None or service.idle_since is None:
        return math.inf
    return -math.inf if service.idle_since.year == 1 else service.idle_since.timestamp()


def _queries(params: Params) -> list[Query]:
    rows = params.get("MetricDataQueries") or []
    if len(rows) > MOST_QUERIES:
        raise AwsError("ValidationError", f"MetricDataQueries cannot have more than {MOST_QUERIES} entries.")
    begin, end = params["StartTime"].timestamp(), params["EndTime"].timestamp()
    if begin >= end:
        raise AwsError("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")
    return [_query(row, begin, end) for row in rows if row.get("ReturnData") is not False]


def _query(row: Params, begin: float, end: float) -> Query:
    wanted = row.get("MetricStat")
    if not wanted:
        raise NotImplementedError("expressions")
    metric, period = wanted["Metric"], int(wanted["Period"])
    if period < metrics.MINUTE or period % metrics.MINUTE:
        raise AwsError("ValidationError", "Period must be a multiple of 60 here.")
    if wanted["Stat"] not in metrics.STATISTICS:
        raise AwsError("ValidationError", f"The playground knows no statistic {wanted['Stat']}.")
    return Query(
        id=row["Id"],
        label=str(row.get("Label") or metric["MetricName"]),
        namespace=str(metric["Namespace"]),
        name=str(metric["MetricName"]),
        where={pair["Name"]: pair["Value"] for pair in metric.get("Dimensions") or []},
        asked=Asked(begin, end, period, wanted["Stat"]),
    )


def _result(query: Query, points: list[Point], more: bool) -> Params:
    return {
        "Id": query.id,
        "Label": query.label,
        "Timestamps": [at for at, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "PartialData" if more else "Complete",
    }


def _token(query: int, point: int) -> str:
    return base64.urlsafe_b64encode(f"{query}:{point}".encode()).decode()


def _place(token: str | None) -> tuple[int, int]:
    if not token:
        return 0, 0
    try:
        query, point = base64.urlsafe_b64decode(token.encode()).decode().split(":")
        return int(query), int(point)
    except ValueError as error:
        raise AwsError("InvalidNextToken", "The next token is not one of ours.") from error
