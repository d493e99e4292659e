"""Which operation a message tells of, for a shortcut on it: found by the message's row, never by its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.gate.case import Case
from handlers.gate.parts import Parts
from handlers.ports.store import OperationRecord
from handlers.tell import pointing as tell
from handlers.words.result import Answer
from policies.record.lifecycle import FAILURES, WHOLE


def pointed(parts: Parts, case: Case) -> Case | Answer:
    """Return the case with the environment and the service of what failed there; an answer that says what
    the shortcut is for, if the message does not tell of a failure.

    What failed for several services is asked about as their environment: one message tells only of operations
    in one environment (``policies.record.joining``).
    """
    request = case.request
    rows = parts.message_rows.at(request.channel, request.message)
    found = [r for r in parts.records.these([row.operation_id for row in rows]) if r.environment]
    failed = [record for record in found if record.state in FAILURES]
    if not failed:
        return _no_failure(parts, case, found)
    return replace(case, request=replace(request, environment=failed[0].environment, target=_service(failed)))


def _no_failure(parts: Parts, case: Case, found: Sequence[OperationRecord]) -> Answer:
    under_way = next((record for record in found if not record.state.ended), None)
    return tell.running(under_way, case.now) if under_way else tell.what_for(parts.command)


def _service(failed: Sequence[OperationRecord]) -> str:
    """Return the one service that failed; empty if it was several, or the whole environment."""
    targets = {record.target for record in failed}
    return targets.pop() if len(targets) == 1 and WHOLE not in targets else ""
