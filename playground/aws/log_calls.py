"""CloudWatch Logs where moto answers otherwise than AWS (facts/ecs 4): the class of a group, FilterLogEvents
by streams, newest first and in pages, and queries of Logs Insights.
"""

from __future__ import annotations

import base64
import re
import uuid
from datetime import UTC, datetime
from typing import Any

from playground.aws.account import logs
from playground.aws.errors import AwsError, invalid
from playground.aws.fleet import Fleet

Params = dict[str, Any]
STANDARD = "STANDARD"
MOST_EVENTS, MOST_STREAMS, MOST_GROUPS = 10_000, 100, 50
NEWEST_FIRST_SINCE = 1_704_067_200_000
"""From 2024 on, in milliseconds, events can be asked for newest first."""
QUERY_SECONDS = 2.0
"""How long a query runs: long enough to be seen running."""
_STREAMS = re.compile(r"'((?:[^'\\]|\\.)*)'")


class LogCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._queries: dict[str, tuple[float, list[list[Params]], int]] = {}

    def describe_log_groups(self, params: Params) -> Params:
        prefix, first = params.get("logGroupNamePrefix") or "", _place(params.get("nextToken"))
        limit = min(int(params.get("limit") or MOST_GROUPS), MOST_GROUPS)
        names = sorted(name for name in logs().groups if name.startswith(prefix))
        shown = [logs().groups[name] for name in names[first : first + limit]]
        rows = [group.to_describe_dict() | {"logGroupClass": log_class(group)} for group in shown]
        more = {"nextToken": _token(first + limit)} if len(names) > first + limit else {}
        return {"logGroups": rows, **more}

    def filter_log_events(self, params: Params) -> Params:
        """Answer the events of these streams between both instants. A stream that does not exist refuses the
        whole call, which is our own reading.
        """
        group = _group(params.get("logGroupName"))
        if log_class(group) != STANDARD:
            raise invalid("FilterLogEvents is not supported for this log class.")
        newest = params.get("startFromHead") is False
        if newest and int(params.get("startTime") or 0) < NEWEST_FIRST_SINCE and params.get("startTime") != 0:
            raise invalid("startFromHead can be false only for a startTime from 2024-01-01 on.")
        rows = _events(group, _named(group, params), params)
        if newest:
            rows.reverse()
        first, limit = _place(params.get("nextToken")), int(params.get("limit") or MOST_EVENTS)
        if not 0 < limit <= MOST_EVENTS:
            raise invalid(f"limit must be between 1 and {MOST_EVENTS}.")
        more = {"nextToken": _token(first + limit)} if len(rows) > first + limit else {}
        return {"events": rows[first : first + limit], "searchedLogStreams": [], **more}

    def start_query(self, params: Params) -> Params:
        """Begin a query for the newest lines of the streams that it names. All of the group is scanned."""
        group = _group(params.get("logGroupName"))
        names = [name.replace("\\'", "'") for name in _STREAMS.findall(str(params.get("queryString")))]
        span = {"startTime": int(params["startTime"]) * 1000, "endTime": int(params["endTime"]) * 1000}
        rows = _events(group, [name for name in names if name in group.streams], span)
        scanned = sum(len(row["message"]) for row in _events(group, list(group.streams), span))
        found = [_row(row) for row in reversed(rows)][: int(params.get("limit") or MOST_EVENTS)]
        id_ = str(uuid.uuid4())
        self._queries[id_] = (self._fleet.moment.t + QUERY_SECONDS, found, scanned)
        return {"queryId": id_}

    def get_query_results(self, params: Params) -> Params:
        if params.get("queryId") not in self._queries:
            raise AwsError("ResourceNotFoundException", "Query does not exist.")
        until, rows, scanned = self._queries[str(params["queryId"])]
        done = self._fleet.moment.t >= until
        statistics = {
            "bytesScanned": float(scanned),
            "recordsMatched": float(len(rows)),
            "recordsScanned": 0.0,
        }
        status = "Complete" if done else "Running"
        return {"results": rows if done else [], "statistics": statistics, "status": status}


def log_class(group: Any) -> str:
    return str(getattr(group, "log_class", STANDARD))


def _group(name: str | None) -> Any:
    if name not in logs().groups:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    return logs().groups[name]


def _named(group: Any, params: Params) -> list[str]:
    names, prefix = params.get("logStreamNames") or [], params.get("logStreamNamePrefix")
    if names and prefix:
        raise invalid("logStreamNames and logStreamNamePrefix cannot both be given.")
    if len(names) > MOST_STREAMS:
        raise invalid(f"logStreamNames cannot have more than {MOST_STREAMS} elements.")
    if any(name not in group.streams for name in names):
        raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.")
    return list(names) or [name for name in group.streams if name.startswith(prefix or "")]


def _events(group: Any, names: list[str], params: Params) -> list[Params]:
    """Return the events between both instants, oldest first; ``endTime`` is included."""
    begin, end = int(params.get("startTime") or 0), int(params.get("endTime") or 1 << 62)
    found = [
        event.to_filter_dict() | {"logStreamName": name}
        for name in names
        for event in group.streams[name].events
        if begin <= event.timestamp <= end
    ]
    return sorted(found, key=lambda row: (row["timestamp"], int(row["eventId"])))


def _row(row: Params) -> list[Params]:
    at = datetime.fromtimestamp(row["timestamp"] / 1000, UTC)
    said = {"@timestamp": f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03}"}
    said |= {"@logStream": row["logStreamName"], "@message": row["message"]}
    return [{"field": name, "value": value} for name, value in said.items()]


def _token(at: int) -> str:
    return base64.urlsafe_b64encode(str(at).encode()).decode()


def _place(token: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(token.encode())) if token else 0
    except ValueError as error:
        raise invalid("The specified nextToken is invalid.") from error
