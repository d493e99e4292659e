"""A transition that was made only in part is made again, each time as a new operation linked to the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.gate.parts import Parts
from handlers.ports.store import AuditQuery, OperationRecord
from handlers.tell import clock as tell
from policies.record.lifecycle import MENDABLE
from policies.schedule.claims import Claim, ClaimKey, retried_at
from policies.schedule.transitions import LATE, Course, Edge

_STATES = {"stop": "down", "start": "up"}


def next_try(record: OperationRecord, tries: int) -> datetime:
    """Return when a transition is made again after this operation, which was its retry number ``tries``."""
    return retried_at(record.closed_at or record.opened_at, tries)


@dataclass(frozen=True)
class Watched:
    """A transition's last operation. ``not_before``: when to ask again for a retry that was refused."""

    edge: Edge
    operation_id: str
    not_before: datetime | None = None


class Retries:
    """Remembers the last operation of each environment's last transition, read from claims after a start."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._watched: dict[str, Watched] = {}
        self._known: set[str] = set()

    def watches(self, environment: str) -> bool:
        return environment in self._watched

    def watch(self, environment: str, edge: Edge, operation_id: str) -> None:
        self._watched[environment] = Watched(edge, operation_id)

    def put_off(self, claim: Claim) -> None:
        """Put the retry off: it was not begun, so it is tried again when the claim says, or never."""
        name = claim.key.environment
        watched = self._watched.pop(name, None)
        if watched is not None and claim.next_try is not None:
            self._watched[name] = replace(watched, not_before=claim.next_try)

    def due(self, course: Course, claims: Mapping[ClaimKey, Claim], now: datetime) -> Edge | None:
        """Return the retry whose time has come, as an edge with a key of its own."""
        name = course.environment
        if name not in self._known:
            self._known.add(name)
            self._remember(name, claims)
        watched = self._watched.get(name)
        if watched is None or (watched.not_before is not None and now < watched.not_before):
            return None
        record = self._parts.records.find(watched.operation_id)
        if record is not None and not record.state.ended:
            return None
        mendable = record is not None and self._mendable(record, watched.edge, course, now)
        if record is None or not mendable or self._undone(watched.edge, record):
            self._watched.pop(name, None)
            return None
        if now < next_try(record, watched.edge.key.tries):
            return None
        if self._left(watched.edge):
            self._watched.pop(name, None)
            return None
        return Edge(
            watched.edge.key.again(),
            watched.edge.instant,
            tell.again(record.state.value),
        )

    def arguments(self, edge: Edge) -> dict[str, str]:
        """Return what links a retry to the operation before it, in its row and in the audit log."""
        watched = self._watched.get(edge.key.environment)
        return {"retry_of": watched.operation_id} if watched and edge.key.tries else {}

    def _mendable(self, record: OperationRecord, edge: Edge, course: Course, now: datetime) -> bool:
        wanted = course.wanted(now) == _STATES[edge.action]
        return record.state in MENDABLE and wanted and now - edge.instant <= LATE

    def _left(self, edge: Edge) -> bool:
        """Return whether a person chose to leave the transition as it is: the claim on its next try is
        skipped.
        """
        claims = self._parts.book.claims.since(edge.instant).get(edge.key.environment, ())
        return any(c.key == edge.key.again() and c.state == "skipped" for c in claims)

    def _undone(self, edge: Edge, record: OperationRecord) -> bool:
        """Return whether a person has moved the environment the other way since; that is not fought."""
        other = "start" if edge.action == "stop" else "stop"
        query = AuditQuery(environments=(edge.key.environment,), operation=other, since=record.opened_at)
        moves = (found.entry for found in self._parts.audit.entries(query))
        return any(entry.kind == "started" and entry.source != "clock" for entry in moves)

    def _remember(self, name: str, claims: Mapping[ClaimKey, Claim]) -> None:
        opened = [c for c in claims.values() if c.state == "opened" and c.operation_id]
        if opened:
            last = max(opened, key=lambda c: (c.at, c.key.rule))
            self._watched[name] = Watched(Edge(last.key, last.instant, last.reason), last.operation_id)
