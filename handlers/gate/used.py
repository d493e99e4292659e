"""Who last used an environment: the newest entry of a person who had something done or read there."""

from __future__ import annotations

from handlers.ports.scope import Used
from handlers.ports.store import Audit, AuditQuery

LOOKED_AT = 10
"""The number of newest entries of people to search: refusals, and ends of operations already found, are among
them.
"""


def last_used(audit: Audit, environment: str) -> Used | None:
    """Return who last asked for something here, according to the audit log."""
    for found in audit.entries(AuditQuery(environments=(environment,), limit=LOOKED_AT, people=True)):
        entry = found.entry
        if entry.kind in ("started", "read") and entry.source != "clock":  # not what begins as planned
            return Used(entry.actor_name, entry.at)
    return None
