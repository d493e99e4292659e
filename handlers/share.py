"""`/env share staging orders-api since 5m`: post what a service's tasks wrote, for all in the channel."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from handlers.facts.logged import source
from handlers.ports.scope import Scope
from handlers.steps.share_lines import share_step
from handlers.tell import logs as tell_logs
from handlers.tell import share as tell
from handlers.words.arguments import Hidden, ServiceName, sentence
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Answer, Missing, Refusal
from policies.access.people import Role
from policies.logs.asked import LogsAsked, LogsError
from policies.logs.lines import Between, Cut, Wanted


@operation(
    "share",
    purpose=Purpose.LOOK,
    role=Role.DEVELOPER,
    role_setting="logs_role",
    changes=True,
    verb=Verb("being shared", "is shared", "was not shared", whole=True, subject="A part of the log"),
    conflicts="sharing",
)
def share(
    scope: Scope,
    service: ServiceName,
    lines: Annotated[LogsAsked | None, sentence("from when, and what to look for", "since 5m")] = None,
    stretch: Hidden[Between | None] = None,
) -> Plan | Refusal | Missing | Answer:
    """Post a service's newest log lines, without secrets, in the thread of a message for everyone.

    ``stretch``: where the lines that are to be posted begin and end; by default they are the newest.
    """
    if scope.environment.shared_channel or scope.read_outside():
        return tell.shared_channel(scope.environment.name)
    asked = lines or LogsAsked()
    try:
        begin = asked.begins(scope.now, ZoneInfo(scope.environment.time_zone))
    except LogsError as wrong:
        return tell_logs.no_such_time(wrong)
    bounds = stretch or Between(begin, Cut(scope.now))
    found = source(scope, service, asked.container)
    if asked.container and found.known and asked.container not in found.known:
        shown = tell_logs.Shown(scope, service, asked, Wanted(bounds.since, bounds.cut, asked.matches), found)
        return tell_logs.no_container(shown, "share")
    if not found.groups:
        return tell.nothing_to_share(service)
    return Plan(doing="sharing lines of", steps=(share_step(service, asked, bounds),))
