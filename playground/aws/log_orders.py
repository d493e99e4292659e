"""Orders about log groups: lines that somebody writes, and a group that is deleted."""

from __future__ import annotations

from datetime import datetime

from playground.aws import task_logs
from playground.aws.account import logs
from playground.aws.order_fields import Order, need


def write(order: Order) -> Order:
    """Write lines: ``{group, stream, lines, at?}``. ``at`` is the instant of the first, in ISO form; by
    default the lines end now. They are 40 ms apart.
    """
    group, stream, lines = need(order, "group"), need(order, "stream"), [str(s) for s in order["lines"]]
    task_logs.ensure_group(group)
    logs().ensure_log_stream(group, stream)
    start = int(datetime.fromisoformat(need(order, "at")).timestamp() * 1000)
    events = [{"timestamp": start + number * 40, "message": line} for number, line in enumerate(lines)]
    logs().groups[group].put_log_events(stream, events)
    return {"written": len(lines)}


def remove(order: Order) -> Order:
    """Delete a log group with its lines: ``{group}``."""
    group = need(order, "group")
    if group not in logs().groups:
        raise ValueError(f"no log group {group}")
    del logs().groups[group]
    return {"removed": group}
