"""The last lines of one log stream. What data protection masks stays masked: ``unmask`` is never sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.aws.errors import translated
from bot.aws.place import Place
from handlers.words.errors import Absent

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import GetLogEventsRequestTypeDef

MOST_PAGES = 10
"""The most pages read for one answer: a page may be empty although older pages are not (facts/ecs 4)."""
MOST_LINES = 10_000


class CloudWatchLogs:
    """Implements ``handlers.ports.aws.Logs``."""

    def __init__(self, place: Place) -> None:
        self._place = place

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

    def _page(self, group: str, stream: str, count: int, token: str) -> tuple[list[str], str]:
        action = f"read logs of {self._place.environment.name}"
        client = self._place.logs(action)
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
