"""How a service's tasks behave: what a person orders for them, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

DEFAULT_FAILURE = (
    "loading configuration",
    "connecting with user=app password=playground-not-a-secret",
    "FATAL: missing environment variable DATABASE_URL",
)
"""What a task that exits logs unless told otherwise; the second line is there to be redacted."""


@dataclass(frozen=True)
class Behaviour:
    """How tasks behave; ``kind`` is healthy, exit, pull_error, never_healthy or slow.

    For ``exit``: the exit ``code``, the seconds the task runs first (``after``; at 0 ECS never reports the
    task RUNNING) and the lines it logs. For ``slow``: ``after`` is how many seconds the task takes to start.
    """

    kind: str = "healthy"
    code: int = 0
    after: float = 0.0
    log: tuple[str, ...] = ()


HEALTHY = Behaviour()


def read_behaviour(order: Any) -> Behaviour:
    """Read a behaviour from the order's notation; ``ValueError`` says which forms are known."""
    if order in ("healthy", "pull_error", "never_healthy"):
        return Behaviour(kind=order)
    if isinstance(order, dict) and "exit" in order:
        return Behaviour(
            kind="exit",
            code=int(order["exit"]),
            after=float(order.get("after", 0)),
            log=tuple(str(line) for line in order.get("log") or DEFAULT_FAILURE),
        )
    if isinstance(order, dict) and "slow" in order:
        return Behaviour(kind="slow", after=float(order["slow"]))
    known = '"healthy", "pull_error", "never_healthy", {"exit": code, "log": [...]} or {"slow": seconds}'
    raise ValueError(f"behave must be {known}, not {order!r}")
