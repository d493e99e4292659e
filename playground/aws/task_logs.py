"""What the world's tasks write to CloudWatch Logs, in streams ``<prefix>/<container>/<task id>``.

The lines bypass moto's API, because moto refuses dates far from the real clock and the playground's may be.
"""

from __future__ import annotations

from typing import Any

from playground.aws.account import logs
from playground.aws.moment import Moment

KEPT_DAYS = 30
"""How long an environment's log group keeps its lines; a leftover group keeps them for ever."""


CLASSES = ("INFREQUENT_ACCESS", "ESSENTIALS", "DELIVERY")
"""The classes whose events cannot be filtered (facts/ecs 4)."""


def ensure_group(name: str, kind: str = "") -> None:
    """``kind``: the group's class, if it is one of those that are not standard."""
    if name not in logs().groups:
        logs().create_log_group(name, {})
        logs().put_retention_policy(name, str(KEPT_DAYS))
        if kind in CLASSES:
            logs().groups[name].log_class = kind  # type: ignore[attr-defined]


def write(
    container: dict[str, Any], task_id: str, lines: list[str], moment: Moment, *, keep: int = 0
) -> None:
    """Append lines to the stream of that container's task, if the container uses awslogs. ``keep``: the most
    lines that the stream holds after that; 0 keeps all.
    """
    configuration = container.get("logConfiguration") or {}
    options = configuration.get("options") or {}
    if configuration.get("logDriver") != "awslogs" or "awslogs-group" not in options:
        return
    group = options["awslogs-group"]
    if group not in logs().groups and options.get("awslogs-create-group") != "true":
        return
    ensure_group(group)
    prefix = options.get("awslogs-stream-prefix")
    stream = f"{prefix}/{container['name']}/{task_id}" if prefix else f"{container['name']}-docker-{task_id}"
    logs().ensure_log_stream(group, stream)
    start = int(moment.at.timestamp() * 1000)
    events = [{"timestamp": start + number * 40, "message": line} for number, line in enumerate(lines)]
    logs().groups[group].put_log_events(stream, events)
    if keep:
        del logs().groups[group].streams[stream].events[:-keep]


def greeting(family: str, revision: str) -> list[str]:
    """Return what a healthy task logs when it starts."""
    return [
        f"starting {family} revision {revision}",
        "connected to the database",
        "listening on 0.0.0.0:8080",
    ]
