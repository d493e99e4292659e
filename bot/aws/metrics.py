"""Points of CloudWatch: all that a question asks for, or none (facts/ecs 7.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.aws import sign_calls
from bot.aws.discovery.live import batches
from bot.aws.place import Place
from handlers.words.errors import Trouble

MOST_QUERIES = 500
KEPT_DAYS = 455
"""Days for which CloudWatch keeps points of an hour and longer."""
Points = Mapping[datetime, float]


@dataclass(frozen=True)
class Series:
    """One metric. ``dimensions`` are names and values and must be complete: with fewer dimensions, a metric
    has other points.
    """

    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str = "Sum"


@dataclass(frozen=True)
class Window:
    """From ``start`` until before ``end``; ``period`` in seconds."""

    start: datetime
    end: datetime
    period: int


@dataclass(frozen=True)
class CloudWatch:
    place: Place

    def points(self, series: Sequence[Series], window: Window) -> list[Points]:
        """The points of each series, in the order asked. A missing point does not mean zero. Raise
        ``Trouble`` if one of the series is incomplete.
        """
        found: list[dict[datetime, float]] = [{} for _ in series]
        for batch in batches(range(len(series)), MOST_QUERIES):
            self._read([(number, series[number]) for number in batch], window, found)
        return list(found)

    def _read(
        self, batch: Sequence[tuple[int, Series]], window: Window, found: list[dict[datetime, float]]
    ) -> None:
        action = f"read metrics of {self.place.environment.name}"
        client = self.place.metrics(action)
        request: dict[str, Any] = {
            "MetricDataQueries": [_query(number, one, window.period) for number, one in batch],
            "StartTime": window.start,
            "EndTime": window.end,
            "ScanBy": "TimestampAscending",
        }
        states: dict[str, str] = {}
        while True:
            with self.place.turn(sign_calls.GET_METRIC_DATA, action):
                page = client.get_metric_data(**request)
            for row in page["MetricDataResults"]:
                states[row["Id"]] = row.get("StatusCode", "Complete")
                at = (instant.astimezone(UTC) for instant in row["Timestamps"])
                found[int(row["Id"].removeprefix("q"))] |= dict(zip(at, row["Values"], strict=True))
            if not page.get("NextToken"):
                break
            request["NextToken"] = page["NextToken"]
        if set(states.values()) - {"Complete"}:
            raise Trouble(f"AWS could not {action}: a part of the answer is missing.", retry_helps=True)


def _query(number: int, one: Series, period: int) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in one.dimensions]
    metric = {"Namespace": one.namespace, "MetricName": one.metric, "Dimensions": dimensions}
    return {"Id": f"q{number}", "MetricStat": {"Metric": metric, "Period": period, "Stat": one.statistic}}
