"""`/env audit`: what was asked, decided and done in the environments I may view."""

from __future__ import annotations

from typing import Annotated

from handlers.ports.desk import Desk
from handlers.ports.store import AuditQuery, RecordedEntry
from handlers.tell import audit as tell
from handlers.words.arguments import EnvironmentName, Hidden, named, word
from handlers.words.operation import Reach, operation
from handlers.words.result import Answer, Refusal
from policies.access.decision import Allowed
from policies.access.grants import installation, standing
from policies.access.people import Role
from policies.access.safeguards import DISPUTED

PAGE = 10
"""Entries an answer shows; older ones come by button."""


@operation(
    "audit",
    role=Role.DEVELOPER,
    reach=Reach.VIEWABLE,
    aliases=("history", "log"),
)
def audit(
    desk: Desk,
    environment: Annotated[EnvironmentName | None, word("one environment", "staging")] = None,
    operation: Annotated[str, named("one operation", "restart")] = "",
    before: Hidden[int] = 0,
) -> Answer | Refusal:
    """The latest entries of the audit log, newest first.

    ``before``: only those with a smaller number; 0: from the newest.
    """
    may = tuple(e.name for e in desk.environments if (_role(desk, e.name) or Role.VIEWER) >= Role.DEVELOPER)
    chosen = tuple(n for n in may if n == environment) if environment else may
    if not environment and isinstance(installation(desk.mine, needed=Role.ADMIN), Allowed):
        chosen = (*chosen, "")
    if not chosen:
        return tell.no_role(environment or "")
    query = AuditQuery(environments=chosen, operation=operation, limit=PAGE + 1, before_seq=before)
    found = desk.audit.entries(query)
    if not found:
        return tell.none(older=bool(before))
    shown = found[:PAGE]
    bound = {"environment": environment or "", "operation": operation, "before": str(shown[-1].seq)}
    older = {k: v for k, v in bound.items() if v} if len(found) > PAGE else None
    return tell.page(shown, [_may_read_why(desk, recorded) for recorded in shown], older)


def _role(desk: Desk, name: str) -> Role | None:
    environment = desk.state.environment(name)
    found = standing(environment, desk.mine) if environment else None
    return found.role if found else None


def _may_read_why(desk: Desk, recorded: RecordedEntry) -> bool:
    """The true reason of a refusal may name what others may not know of, so only admins read it here; a
    dispute names every claimant, so it is for those who may view them all."""
    everything = len(desk.environments) == len(desk.state.environments)
    admin = _role(desk, recorded.entry.environment) is Role.ADMIN
    return admin and (everything or recorded.entry.rule != DISPUTED)
