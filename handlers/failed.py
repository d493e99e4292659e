"""What we tried last and what failed of it: a service is not simply well after our own restart of it failed,
although it was seen well before, or its old tasks go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


def failed_last(
    desk: Desk, places: Sequence[Environment], seen: Mapping[str, Sighting]
) -> dict[str, list[OperationRecord]]:
    """Return, by environment, the failed operations after which nothing better was done to their target: no
    later operation of ours on it or on the whole environment, and no deployment by others. Newest first.

    One query, however many environments there are.
    """
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
        name: [
            r for r in reversed(latest.values()) if r.state in FAILURES and not _deployed(r, seen.get(name))
        ]
        for name, latest in found.items()
    }


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
