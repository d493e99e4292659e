"""`/env logs staging orders-api since 30m grep timeout`: what a service's tasks wrote."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from handlers.facts.logged import MOST_ROWS, Source, read, sorted_out, source, span
from handlers.ports.scope import Scope
from handlers.tell import logs as tell
from handlers.tell.logs import Shown
from handlers.words.arguments import Hidden, ServiceName, sentence
from handlers.words.errors import Absent
from handlers.words.operation import Purpose, operation
from handlers.words.result import Answer, Missing, Refusal
from policies.access.people import Role
from policies.logs import lines as chosen
from policies.logs.asked import LogsAsked, LogsError
from policies.logs.lines import Between, Cut, Wanted
from policies.logs.routes import PASSED_ON, Group


@operation(
    "logs",
    purpose=Purpose.LOOK,
    role=Role.VIEWER,
    role_setting="logs_role",
    recorded=True,
    aliases=("tail",),
)
def logs(
    scope: Scope,
    service: ServiceName,
    lines: Annotated[
        LogsAsked | None, sentence("from when, and what to look for", "since 30m grep timeout")
    ] = None,
    stretch: Hidden[Between | None] = None,
    query: Hidden[str] = "",
) -> Answer | Missing | Refusal:
    """The newest log lines of a service's running tasks, without secrets; only you see them.

    ``stretch``: where an older page begins and ends. ``query``: ``start``, or the id of a query of Logs
    Insights.
    """
    asked = lines or LogsAsked()
    try:
        begin = asked.begins(scope.now, ZoneInfo(scope.environment.time_zone))
    except LogsError as wrong:
        return tell.no_such_time(wrong)
    bounds = stretch or Between(begin, Cut(scope.now))
    wanted = Wanted(bounds.since, bounds.cut, asked.matches)
    found = source(scope, service, asked.container)
    shown = Shown(scope, service, asked, wanted, found)
    if asked.container and found.known and asked.container not in found.known:
        return tell.no_container(shown)
    if not found.groups:
        return tell.not_readable(shown) if found.barred else tell.no_task(shown)
    if query == "start":
        return _start(shown, found)
    if query:
        return _result(shown, found, query)
    return tell.page(shown, read(scope, found, wanted, searching=bool(asked.grep)))


def _start(shown: Shown, found: Source) -> Answer:
    """Start a query, and look for its result when somebody asks for it."""
    id_ = shown.scope.logs.start_query(span(_queried(shown, found), shown.wanted, MOST_ROWS))
    return tell.query_began(shown, id_)


def _queried(shown: Shown, source: Source) -> Group:
    """Return the first group that only a query can read."""
    if len(source.groups) == 1:
        return source.groups[0]
    closed = [group for group, named in sorted_out(shown.scope, source.groups).closed if named != PASSED_ON]
    return closed[0] if closed else source.groups[0]


def _result(shown: Shown, source: Source, query: str) -> Answer:
    try:
        found = shown.scope.logs.query_result(query, _queried(shown, source).region)
    except Absent:
        return tell.query_gone(shown)
    if not found.done:
        return tell.query_runs(shown, query, found.scanned)
    if found.failed:
        return tell.query_failed(shown, found.failed)
    events = tuple(reversed(found.events))
    page = chosen.page(events, shown.wanted, whole=len(events) < MOST_ROWS)
    return tell.query_found(shown, page, found.scanned)
