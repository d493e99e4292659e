"""What we tried last and what failed of it: a service is not simply well after our own restart of it failed,
although it was seen well before, or its old tasks go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from handlers.ports.desk import Desk
from handlers.ports.store import OperationRecord
from handlers.words.operation import Operation, Target
from policies.cost.sightings import Sighting
from policies.record.lifecycle import FAILURES, WHOLE, State
from policies.service.environment import Environment

REMEMBERED = timedelta(days=1)
"""How long a failure is told of, if nothing was done about it."""
_NOTHING_DONE = frozenset({State.UNCHANGED, State.CANCELLED, State.REFUSED, State.REJECTED, State.EXPIRED})


Failed = tuple[OperationRecord, Operation | None]
"""An operation that failed, with its declaration, if this release has one of that name."""


def failed_last(desk: Desk, places: Sequence[Environment]) -> dict[str, list[Failed]]:
    """Return, by environment, the failed operations after which nothing better was done to their target by a
    later operation of ours on it or on the whole environment. Newest first.

    One query, however many environments there are.
    """
    known_as = {operation.name: operation for operation in desk.operations}
    names = [o.name for o in desk.operations if _deploys(o)]
    found: dict[str, dict[str, OperationRecord]] = {place.name: {} for place in places}
    for record in desk.records.opened(names, list(found), desk.now - REMEMBERED):
        if record.state in _NOTHING_DONE:
            continue
        latest = found[record.environment]
        if record.target == WHOLE and record.state not in FAILURES:
            latest.clear()
        latest.pop(record.target, None)
        latest[record.target] = record
    return {
        name: [(r, known_as.get(r.name)) for r in reversed(latest.values()) if r.state in FAILURES]
        for name, latest in found.items()
    }


def not_mended(failed: Sequence[Failed], seen: Sighting | None) -> tuple[Failed, ...]:
    """Return those after which nobody deployed what they failed on, as far as was seen."""
    return tuple(each for each in failed if not _deployed(each[0], seen))


def _deploys(operation: Operation) -> bool:
    """Return whether the operation is on tasks of services, so that its failure leaves them unwell."""
    one = operation.target is not Target.NOTHING and operation.conflicts == "deployment"
    return one or bool(operation.brings)


def _deployed(record: OperationRecord, sighting: Sighting | None) -> bool:
    """Return whether the service was seen with a deployment that is newer than the failed operation's."""
    ended = record.closed_at or record.opened_at
    return any(at > ended for at in _deployments(sighting, record.target))


def _deployments(sighting: Sighting | None, service: str) -> Iterator[datetime]:
    services = sighting.services if sighting is not None else ()
    return (s.deployed for s in services if s.name == service and s.deployed is not None)
