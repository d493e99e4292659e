"""Who used an environment last: the newest entry of a person who had something done or read there."""

from __future__ import annotations

from handlers.ports.scope import Used
from handlers.ports.store import Audit, AuditQuery

LOOKED_AT = 10
"""Entries of people, from the newest: among them stand refusals, and ends of what is told already."""


def last_used(audit: Audit, environment: str) -> Used | None:
    """Who asked for something here last, as the audit log has it."""
    for found in audit.entries(AuditQuery(environments=(environment,), limit=LOOKED_AT, people=True)):
        entry = found.entry
        if entry.kind in ("started", "read"):
            return Used(entry.actor_name, entry.at)
    return None
