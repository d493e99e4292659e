"""ECR and CloudWatch Logs in memory: ``handlers.ports.aws.Images`` and ``Logs``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from handlers.ports.logs import LogPage, LogSpan, QueryResult
from handlers.words.errors import Absent, Rejected
from policies.logs.lines import Event
from policies.logs.routes import Group
from tests.fakes.aws_script import Script


class FakeImages:
    """``Images``: what was pushed, by the image's name as written."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self._digests: dict[str, str] = {}
        self._expired: set[str] = set()

    def push(self, image: str, digest: str) -> None:
        """Move the tag to this digest; the digest before stays, untagged."""
        self._digests[image] = digest

    def expire(self, digest: str) -> None:
        """Delete the digest, as a lifecycle policy would."""
        self._expired.add(digest)

    def digests(self, images: Sequence[str]) -> Mapping[str, str]:
        with self.script.call("digests", tuple(images)):
            return {image: self._digests[image] for image in images if image in self._digests}

    def missing(self, resolved: Mapping[str, str]) -> frozenset[str]:
        """Return the images that are gone. Only images that were pushed count; others are in a registry that
        cannot be read.
        """
        with self.script.call("missing", tuple(resolved)):
            return frozenset(i for i, d in resolved.items() if i in self._digests and d in self._expired)


class FakeLogs:
    """``Logs``: the lines that were written, by group and stream. A page has at most ``page_size`` events."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self._lines: dict[tuple[str, str], list[str]] = {}
        self._events: list[tuple[str, Event]] = []
        self.classes: dict[str, str] = {}
        self.page_size = 10_000
        self.queries: dict[str, LogSpan] = {}
        self.blank = 0
        """How many pages without an event come before the others, as AWS may answer (facts/ecs 4)."""
        self.running = False
        """Whether queries are still running."""

    def write(self, group: str, stream: str, *lines: str) -> None:
        self._lines.setdefault((group, stream), []).extend(lines)

    def say(self, group: str, stream: str, at: datetime, *lines: str, apart: float = 1.0) -> None:
        """Write lines that end at that instant, so many seconds apart."""
        self.classes.setdefault(group, "STANDARD")
        begin = at - timedelta(seconds=apart * (len(lines) - 1))
        for number, line in enumerate(lines):
            id_ = f"{len(self._events):056}"
            event = Event(begin + timedelta(seconds=apart * number), stream, line, id_)
            self._events.append((group, event))

    def last_lines(self, group: str, stream: str, count: int) -> tuple[str, ...]:
        with self.script.call("last_lines", group, stream, count):
            lines = self._lines.get((group, stream), [])
            return tuple(lines[max(0, len(lines) - count) :])

    def log_class(self, group: Group) -> str:
        with self.script.call("log_class", group.name):
            if group.name not in self.classes:
                raise Absent(f"There is no log group {group.name}.")
            return self.classes[group.name]

    def page(self, span: LogSpan, token: str = "") -> LogPage:
        with self.script.call("page", span, token):
            if self.classes.get(span.group.name) != "STANDARD":
                raise Rejected("AWS refused to read logs.", "InvalidParameterException")
            known = {e.stream for group, e in self._events if group == span.group.name}
            if len(span.group.streams) > 1 and not known.issuperset(span.group.streams):
                raise Absent("There is no such log stream.")
            passed, _, place = token.rpartition("/")
            if int(passed or 0) < self.blank:
                return LogPage((), f"{int(passed or 0) + 1}/0")
            first, size = int(place or 0), min(self.page_size, span.limit)
            found = self._found(span)
            more = f"{passed}/{first + size}" if len(found) > first + size else ""
            return LogPage(tuple(found[first : first + size]), more)

    def start_query(self, span: LogSpan) -> str:
        with self.script.call("start_query", span):
            self.queries[f"query-{len(self.queries)}"] = span
            return f"query-{len(self.queries) - 1}"

    def query_result(self, query: str, region: str) -> QueryResult:
        with self.script.call("query_result", query):
            if query not in self.queries:
                raise Absent("There is no such query.")
            if self.running:
                return QueryResult(done=False, scanned=1_000_000)
            span = self.queries[query]
            return QueryResult(True, tuple(self._found(span)[: span.limit]), 12_000_000)

    def _found(self, span: LogSpan) -> list[Event]:
        """Return the events of the span, newest first."""
        found = [
            event
            for group, event in self._events
            if group == span.group.name
            and event.stream in span.group.streams
            and span.since <= event.at <= span.until
        ]
        return sorted(found, key=lambda e: e.at)[::-1]
