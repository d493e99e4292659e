"""Orders about log groups."""

from __future__ import annotations

from playground.aws.account import logs
from playground.aws.order_fields import Order, need


def remove(order: Order) -> Order:
    """Delete a log group with its lines: ``{group}``."""
    group = need(order, "group")
    if group not in logs().groups:
        raise ValueError(f"no log group {group}")
    del logs().groups[group]
    return {"removed": group}
