"""Says what of ours failed last, in the same words wherever an environment is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from handlers.ports.store import OperationRecord
from handlers.tell.glance import of_state, signed
from handlers.tell.headline import line
from handlers.words.operation import Operation
from policies.schedule.standing import said_in_full
from policies.secrets.public import public

SHOWN = 2
"""Failures of one environment that are told, a line each."""
Failed = Sequence[tuple[OperationRecord, Operation | None]]


def lines(failed: Failed, zone: tzinfo, now: datetime) -> Iterator[str]:
    """Yield the sentence of each: *🔴 `broken-api` failed to start: exit code 1 · after 38 s · Dev, at 10:07
    (Europe/Berlin)*.
    """
    for record, declared in failed[:SHOWN]:
        at = said_in_full(record.closed_at or record.opened_at, zone, now)
        told = f"{line(record, declared, now=now)} · {record.actor_name}, at {at}"
        yield signed(of_state(record.state), public(told))
    if (left := len(failed) - SHOWN) > 0:
        yield f"and {left} more failed"


def since(failed: Failed, seen: datetime | None) -> bool:
    """Tell whether any of it failed after the environment was seen, which is then not called healthy."""
    return any(seen is None or seen < (record.closed_at or record.opened_at) for record, _ in failed)
