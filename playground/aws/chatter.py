"""What healthy tasks write while they run. Some of it is obviously fake secrets, which are to be redacted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from playground.aws import task_logs
from playground.aws.definitions import containers_of
from playground.aws.moment import Moment

EVERY = 6.0
"""Seconds between two lines of a task."""
BEHIND = 20
"""How many lines a task has when it is first looked at, half a minute apart, unless it is younger."""
APART = 30.0
KEPT = 400
"""How many lines a stream of a running task keeps, so that a playground does not grow."""
SIDECAR = "upstream request forwarded in 3ms"
LINES = (
    "GET /api/v1/orders?page=2 200 12ms",
    "order 48213 accepted for customer 771",
    "POST /api/v1/orders 201 38ms",
    "cache hit ratio 0.94 over 1200 reads",
    "connecting with user=app password=playground-not-a-secret",
    "GET /health 200 1ms",
    '{"level":"info","msg":"payment authorised","token":"playground-fake-token-0001"}',
    "WARN upstream inventory answered after 812ms",
    "\x1b[32mINFO\x1b[0m pass\x1b[1mword\x1b[0m=playground-fake-colour",
    "retrying request 7f3c1c1e-2f5b-4b1e-9d0e-3f6d1b1a2c3d after timeout",
    "session store refreshed, secret=playground-fake-\fsplit-in-two ok",
    "GET /api/v1/orders/48213 200 9ms",
    "redirect to /login?access_token=playground%2Dfake%2Durl&page=2",
)


def due(task: Any, moment: Moment) -> list[tuple[float, str]]:
    """Return the lines that the task writes by now, each with how many seconds ago it is written."""
    own = int(task.id[:4], 16)
    number, at = getattr(task, "said", (0, 0.0))
    if number == 0:
        behind = min(BEHIND, int((moment.at - task.born.at).total_seconds() // APART))
        task.said = (behind + 1, moment.t + EVERY)
        return [(APART * (behind - n), LINES[(own + n) % len(LINES)]) for n in range(behind + 1)]
    if moment.t < at:
        return []
    task.said = (number + 1, moment.t + EVERY)
    return [(0.0, LINES[(own + number) % len(LINES)])]


def talk(tasks: Iterable[Any], moment: Moment) -> None:
    """Let the healthy ones among these tasks write what is due."""
    for task in tasks:
        if task.now_status != "RUNNING" or task.deployment.revision.behave.kind != "healthy":
            continue
        first, *beside = containers_of(task.definition)
        for ago, line in due(task, moment):
            then = moment.later(-ago)
            task_logs.write(first, task.id, line.split("\f"), then, keep=KEPT)
            for container in beside:
                task_logs.write(container, task.id, [SIDECAR], then, keep=KEPT)
