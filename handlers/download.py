"""`/env download staging orders-api`: what was captured of a failure, as one file."""

from __future__ import annotations

from dataclasses import replace

from handlers.ports.scope import Scope
from handlers.ports.store import OperationRecord
from handlers.steps.captured import has_captured, newest
from handlers.tell import download as tell
from handlers.words.arguments import Hidden, ServiceName
from handlers.words.operation import Purpose, operation
from handlers.words.result import Answer
from policies.access.people import Role
from policies.schedule.standing import zone_of


@operation("download", purpose=Purpose.LOOK, role=Role.VIEWER, role_setting="logs_role", recorded=True)
def download(scope: Scope, service: ServiceName | None = None, of: Hidden[str] = "") -> Answer:
    """What was captured when something last failed, as one file, sent to you alone.

    ``of``: the operation on whose message the button stands. The file has what was stored when the operation
    ended, redacted then; neither ECS nor CloudWatch Logs is asked.
    """
    found = _named(scope, of) if of else newest(scope.past(service or ""), service or "")
    if found is None:
        return tell.gone() if of else tell.none(scope.environment.name, service or "")
    zone = zone_of(scope.environment, scope.schedule)
    answer, file = tell.answer(found, zone, scope.now), tell.file(found, zone)
    return replace(answer, file=file)


def _named(scope: Scope, id_: str) -> OperationRecord | None:
    record = scope.record(id_)
    return record if record is not None and has_captured(record) else None
