"""A person's budget of commands: a token bucket, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Budget:
    """``tokens`` are left at ``at``; one command costs one."""

    tokens: float
    at: datetime


def spend(budget: Budget, now: datetime, per_minute: int) -> tuple[Budget, bool]:
    """The budget after one more command, and whether the command may run.

    The bucket holds ``per_minute`` tokens and refills evenly within a minute. A clock that went back
    refills nothing, and the budget goes on from there. A refused command costs nothing.
    """
    passed = max(now - budget.at, timedelta(0)) / timedelta(minutes=1)
    tokens = min(float(per_minute), budget.tokens + passed * per_minute)
    if tokens < 1:
        return Budget(tokens, now), False
    return Budget(tokens - 1, now), True
