"""Lines of log streams. What data protection masks stays masked: ``unmask`` is never sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.aws import calls
from bot.aws.errors import translated
from bot.aws.place import Place
from bot.aws.sign_calls import DESCRIBE_LOG_GROUPS
from handlers.ports.logs import MOST_STREAMS, LogPage, LogSpan, QueryResult
from handlers.words.errors import Absent
from policies.logs.lines import Event
from policies.logs.routes import STANDARD, Group

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import FilterLogEventsRequestTypeDef, GetLogEventsRequestTypeDef

MOST_PAGES = 10
"""The most pages read for one answer: a page may be empty although older pages are not (facts/ecs 4)."""
MOST_LINES = 10_000
RUNNING = ("Scheduled", "Running", "Unknown")
_QUERY = "fields @timestamp, @logStream, @message | filter @logStream in [{}] | sort @timestamp desc"
_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)
_STAMPED = "%Y-%m-%d %H:%M:%S.%f"


@dataclass(frozen=True)
class CloudWatchLogs:
    """Implements ``handlers.ports.logs.Logs``. ``elsewhere`` returns the same place in another region."""

    place: Place
    elsewhere: Callable[[str], Place]

    def last_lines(self, group: str, stream: str, count: int) -> tuple[str, ...]:
        """Walk back from the newest page until there are enough lines. GetLogEvents returns the same token
        again when there is nothing older. A group or stream that does not exist has no lines.
        """
        lines: list[str] = []
        token = ""
        for _ in range(MOST_PAGES):
            page, older = self._page(group, stream, count, token)
            lines = page + lines
            if len(lines) >= count or older in ("", token):
                break
            token = older
        return tuple(lines[max(0, len(lines) - count) :])

    def log_class(self, group: Group) -> str:
        """Find the group by its whole name among those that begin with it. A group that AWS gives no class is
        an old one, and therefore standard.
        """
        place, action = self._at(group.region), "read what class a log group has"
        pages = place.logs(action).get_paginator("describe_log_groups")
        for page in place.paged(DESCRIBE_LOG_GROUPS, action, pages.paginate(logGroupNamePrefix=group.name)):
            for row in page["logGroups"]:
                if row.get("logGroupName") == group.name:
                    return row.get("logGroupClass", STANDARD)
        raise Absent(f"There is no log group {group.name} in {group.region}.")

    def page(self, span: LogSpan, token: str = "") -> LogPage:
        """Ask by the names of streams and never by a prefix, which could be another service's too. Newest
        first, from the first page on.
        """
        place, action = self._at(span.group.region), f"read logs of {self.place.environment.name}"
        asked: FilterLogEventsRequestTypeDef = {
            "logGroupName": span.group.name,
            "logStreamNames": list(span.group.streams[:MOST_STREAMS]),
            "startTime": _milliseconds(span.since),
            "endTime": _milliseconds(span.until),
            "limit": max(1, min(span.limit, MOST_LINES)),
            "startFromHead": False,
        }
        if token:
            asked["nextToken"] = token
        client = place.logs(action)
        try:
            with place.turn(calls.FILTER_LOG_EVENTS, action):
                answer = client.filter_log_events(**asked)
        except Absent:
            if len(span.group.streams) > 1:
                raise
            return LogPage()
        return LogPage(tuple(_event(row) for row in answer["events"]), answer.get("nextToken", ""))

    def start_query(self, span: LogSpan) -> str:
        place, action = self._at(span.group.region), f"query logs of {self.place.environment.name}"
        streams = (name.replace("'", r"\'") for name in span.group.streams[:MOST_STREAMS])
        names = ", ".join(f"'{name}'" for name in streams)
        client = place.logs(action)
        with place.turn(calls.START_QUERY, action):
            answer = client.start_query(
                logGroupName=span.group.name,
                startTime=_milliseconds(span.since) // 1_000,
                endTime=_milliseconds(span.until) // 1_000 + 1,
                queryString=_QUERY.format(names),
                limit=max(1, min(span.limit, MOST_LINES)),
            )
        return answer["queryId"]

    def query_result(self, query: str, region: str) -> QueryResult:
        place, action = self._at(region), f"read what a query of logs of {self.place.environment.name} found"
        client = place.logs(action)
        with place.turn(calls.GET_QUERY_RESULTS, action):
            answer = client.get_query_results(queryId=query)
        rows = [{str(f.get("field")): str(f.get("value")) for f in row} for row in answer["results"]]
        status = str(answer.get("status", ""))
        return QueryResult(
            done=status not in RUNNING,
            events=tuple(_found(row) for row in rows if "@timestamp" in row),
            scanned=int(answer.get("statistics", {}).get("bytesScanned", 0)),
            failed="" if status in (*RUNNING, "Complete") else status,
        )

    def _at(self, region: str) -> Place:
        return self.place if region in ("", self.place.environment.region) else self.elsewhere(region)

    def _page(self, group: str, stream: str, count: int, token: str) -> tuple[list[str], str]:
        action = f"read logs of {self.place.environment.name}"
        client = self.place.logs(action)
        asked: GetLogEventsRequestTypeDef = {
            "logGroupName": group,
            "logStreamName": stream,
            "limit": max(1, min(count, MOST_LINES)),
            "startFromHead": False,
        }
        if token:
            asked["nextToken"] = token
        try:
            with translated(action):
                answer = client.get_log_events(**asked)
        except Absent:
            return [], ""
        return [event.get("message", "") for event in answer["events"]], answer.get("nextBackwardToken", "")


def _milliseconds(instant: datetime) -> int:
    return (instant - _BEGAN) // timedelta(milliseconds=1)


def _event(row: Any) -> Event:
    at = _BEGAN + timedelta(milliseconds=row.get("timestamp", 0))
    return Event(at, row.get("logStreamName", ""), row.get("message", ""), row.get("eventId", ""))


def _found(row: dict[str, str]) -> Event:
    at = datetime.strptime(row["@timestamp"], _STAMPED).replace(tzinfo=UTC)
    return Event(at, row.get("@logStream", ""), row.get("@message", ""))
