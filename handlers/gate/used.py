"""Who used an environment last: the newest entry of a person who had something done or read there."""

from __future__ import annotations

from handlers.ports.scope import Used
from handlers.ports.store import Audit, AuditQuery
from policies.access.people import SlackPerson, actor_of

LOOKED_AT = 10
"""Entries, from the newest: what else stands there is refusals and the clock's own."""


def last_used(audit: Audit, environment: str) -> Used | None:
    """Who asked for something here last, as the audit log has it."""
    for found in audit.entries(AuditQuery(environments=(environment,), limit=LOOKED_AT)):
        entry = found.entry
        if isinstance(actor_of(entry.actor), SlackPerson) and entry.kind in ("started", "read"):
            return Used(entry.actor_name, entry.at)
    return None
