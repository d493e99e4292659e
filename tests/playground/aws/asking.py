"""How the tests ask the simulated Cost Explorer and CloudWatch."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

from tests.playground.aws.stage import Row, Stage

TAG = {"Type": "TAG", "Key": "environment"}
INSIGHTS = "ECS/ContainerInsights"


def today(stage: Stage) -> date:
    return stage.clock.now().astimezone(UTC).date()


def ask(stage: Stage, *, back: int = 3, until: int = 0, more: Row | None = None, **wanted: Any) -> Row:
    """Ask for the costs from ``back`` days ago up to but not including ``until`` days ago."""
    period = {
        "Start": (today(stage) - timedelta(days=back)).isoformat(),
        "End": (today(stage) - timedelta(days=until)).isoformat(),
    }
    asked = (
        {"TimePeriod": period, "Granularity": "DAILY", "Metrics": ["UnblendedCost"]} | wanted | (more or {})
    )
    answer: Row = stage.client("ce", region="us-east-1").get_cost_and_usage(**asked)
    return answer


def usd(group: Row) -> Decimal:
    return Decimal(group["Metrics"]["UnblendedCost"]["Amount"])


def by_key(day: Row) -> dict[str, Decimal]:
    return {group["Keys"][0]: usd(group) for group in day["Groups"]}


def query(stage: Stage, number: int, name: str, **more: Any) -> Row:
    where = more.get("where") or {"ClusterName": stage.cluster, "ServiceName": "api"}
    dimensions = [{"Name": key, "Value": value} for key, value in where.items()]
    metric = {"Namespace": more.get("namespace", INSIGHTS), "MetricName": name, "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": more.get("period", 60), "Stat": more.get("stat", "Average")}
    return {"Id": f"q{number}", "MetricStat": stat}


def data(stage: Stage, *queries: Row, minutes: float = 30, until: float = 0, **more: Any) -> list[Row]:
    now = stage.clock.now()
    window = {"StartTime": now - timedelta(minutes=minutes), "EndTime": now - timedelta(minutes=until)}
    asked = {"MetricDataQueries": list(queries), "ScanBy": "TimestampAscending"} | window | more
    found: list[Row] = []
    while True:
        answer = stage.client("cloudwatch").get_metric_data(**asked)
        for row in answer["MetricDataResults"]:
            if found and found[-1]["Id"] == row["Id"]:
                found[-1]["Values"] += row["Values"]
                found[-1]["Timestamps"] += row["Timestamps"]
                found[-1]["StatusCode"] = row["StatusCode"]
            else:
                found.append(row)
        if "NextToken" not in answer:
            return found
        asked["NextToken"] = answer["NextToken"]


def one(stage: Stage, name: str, **more: Any) -> Row:
    window = {key: more.pop(key) for key in ("minutes", "until") if key in more}
    (row,) = data(stage, query(stage, 1, name, **more), **window)
    return row
