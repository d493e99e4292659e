"""`/env audit`: what was asked, decided and done in the environments that the actor may view."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from handlers.ports.desk import Desk
from handlers.ports.store import AuditQuery, RecordedEntry
from handlers.tell import audit as tell
from handlers.words.arguments import (
    EnvironmentName,
    Hidden,
    OperationNamed,
    PersonNamed,
    named,
    sentence,
    word,
)
from handlers.words.operation import Reach, operation
from handlers.words.result import Answer, Refusal
from policies.access.decision import Allowed
from policies.access.grants import installation, standing
from policies.access.people import Role, SlackPerson
from policies.access.safeguards import DISPUTED
from policies.cost.periods import Period, PeriodError
from policies.schedule.weekly import agreed
from policies.times.wall import earliest

_MENTION = re.compile(r"<@([UW][A-Z0-9]{2,20})>")
PAGE = 10
"""Entries per answer; a button shows older ones."""


@operation(
    "audit",
    role=Role.DEVELOPER,
    reach=Reach.VIEWABLE,
    aliases=("history", "log"),
)
def audit(
    desk: Desk,
    environment: Annotated[EnvironmentName | None, word("one environment", "staging")] = None,
    period: Annotated[Period | None, sentence("which days", "today")] = None,
    who: Annotated[PersonNamed | None, named("one person", "@dev")] = None,
    operation: Annotated[
        OperationNamed | None, named("one operation, or what was done once by its id")
    ] = None,
    before: Hidden[int] = 0,
) -> Answer | Refusal:
    """The latest entries of the audit log, newest first.

    ``before``: show only entries with a smaller number; 0 starts from the newest.
    """
    may = tuple(e.name for e in desk.environments if (_role(desk, e.name) or Role.VIEWER) >= Role.DEVELOPER)
    chosen = tuple(n for n in may if n == environment) if environment else may
    if not environment and isinstance(installation(desk.mine, needed=Role.ADMIN), Allowed):
        chosen = (*chosen, "")
    if not chosen:
        return tell.no_role(environment or "")
    if who and not (actor := _actor(desk, who)):
        return tell.nobody(who)
    try:
        since, until = _days(desk, period, chosen)
    except PeriodError as wrong:
        return tell.not_begun(wrong)
    entry = operation if operation and operation not in {o.name for o in desk.operations} else ""
    query = AuditQuery(
        environments=chosen,
        actor=actor if who else "",
        operation="" if entry else operation or "",
        operation_id=entry,
        since=since,
        until=until,
        limit=PAGE + 1,
        before_seq=before,
    )
    found = desk.audit.entries(query)
    if not found:
        return tell.none(older=bool(before), narrowed=bool(period or who or operation))
    shown = found[:PAGE]
    readable = [_may_read_why(desk, recorded) for recorded in shown]
    if entry:
        return tell.of_one(shown, readable)
    bound = {"environment": environment, "period": period.text if period else "", "who": who}
    bound |= {"operation": operation or "", "before": str(shown[-1].seq)}
    older = {k: str(v) for k, v in bound.items() if v} if len(found) > PAGE else None
    return tell.page(shown, readable, older)


def _actor(desk: Desk, who: str) -> str:
    """Return the id of the mentioned person as entries record it, in the actor's own team; empty if nobody is
    mentioned.
    """
    found = _MENTION.fullmatch(who)
    if found is None or not isinstance(desk.actor, SlackPerson):
        return ""
    return SlackPerson(desk.actor.team, found[1]).id


def _days(
    desk: Desk, period: Period | None, chosen: Sequence[str]
) -> tuple[datetime | None, datetime | None]:
    """Return the bounds of a period, in the zone that the environments share. Raises ``PeriodError``."""
    if period is None:
        return None, None
    zone = agreed((e.time_zone for e in desk.environments if e.name in chosen), "UTC")
    days = period.at(desk.now, zone)
    return earliest(days.first, 0, zone), earliest(days.last + timedelta(days=1), 0, zone)


def _role(desk: Desk, name: str) -> Role | None:
    environment = desk.state.environment(name)
    found = standing(environment, desk.mine) if environment else None
    return found.role if found else None


def _may_read_why(desk: Desk, recorded: RecordedEntry) -> bool:
    """Return whether the actor may read the true reason of a refusal.

    The reason may name what others may not know of, so only admins read it here. A dispute names every
    claimant, so it is shown only to admins who may view every environment.
    """
    everything = len(desk.environments) == len(desk.state.environments)
    admin = _role(desk, recorded.entry.environment) is Role.ADMIN
    return admin and (everything or recorded.entry.rule != DISPUTED)
