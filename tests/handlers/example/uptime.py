"""`/env uptime staging orders-api`: how long it has been running."""

from __future__ import annotations

from handlers.ports.scope import Scope
from handlers.words.arguments import ServiceName
from handlers.words.operation import operation
from handlers.words.result import Answer
from policies.access.people import Role
from policies.times.instants import words


@operation("uptime", role=Role.VIEWER)
def uptime(scope: Scope, service: ServiceName) -> Answer:
    """How long the oldest task of a service has been running."""
    facts = scope.services.facts(service)
    started = [t.created_at for t in facts.tasks if t.running and t.created_at]
    if not started:
        return Answer(f"`{service}` has no running task.")
    return Answer(f"`{service}` has been up for {words(scope.now - min(started))}.")
