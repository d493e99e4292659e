"""CloudWatch Logs, as one environment's handlers may see them. Nothing here is redacted yet.

Every method may raise ``handlers.words.errors.Trouble``. ``region``: where the log group is; it may differ
from the environment's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from policies.logs.lines import Event
from policies.logs.routes import Group

MOST_STREAMS = 100
"""The most streams of one span (facts/ecs 4)."""


@dataclass(frozen=True)
class LogSpan:
    """Events of these streams between two instants, both included. ``limit``: the most events of one page."""

    group: Group
    since: datetime
    until: datetime
    limit: int


@dataclass(frozen=True)
class LogPage:
    """``events``: newest first; there may be none although ``token`` says that another page follows."""

    events: tuple[Event, ...] = ()
    token: str = ""


@dataclass(frozen=True)
class QueryResult:
    """What a query of Logs Insights came to so far. ``scanned``: bytes, for which AWS bills."""

    done: bool
    events: tuple[Event, ...] = ()
    scanned: int = 0
    failed: str = ""


class Logs(Protocol):
    def last_lines(self, group: str, stream: str, count: int) -> tuple[str, ...]:
        """Return the last lines of a log stream, oldest first; empty if there are none."""
        ...

    def log_class(self, group: Group) -> str:
        """Return the class of a log group: ``STANDARD``, ``INFREQUENT_ACCESS`` and the like. Raises
        ``Absent`` if there is no such group.
        """
        ...

    def page(self, span: LogSpan, token: str = "") -> LogPage:
        """Return the newest events, or those that follow a token. A single stream that does not exist has
        none.

        Raises ``Absent`` if one of several streams does not exist, and ``Rejected`` if the group's class
        cannot be filtered.
        """
        ...

    def start_query(self, span: LogSpan) -> str:
        """Start a query of Logs Insights for the newest events, and return its id. AWS bills it by the bytes
        scanned.
        """
        ...

    def query_result(self, query: str, region: str) -> QueryResult:
        """Return what that query found so far; ``events`` are newest first. Raises ``Absent`` if AWS does not
        know the query any more.
        """
        ...
