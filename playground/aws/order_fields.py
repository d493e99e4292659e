"""What all orders share: their type, and how their fields are read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playground.aws.entities import SimService
from playground.aws.fleet import Fleet

Order = dict[str, Any]
ECS_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
"""The form of service, cluster and task definition family names alike, from ECS's API reference."""


def need(order: Order, key: str) -> str:
    """Return the order's value as text; ``ValueError`` if it is missing or empty."""
    value = order.get(key)
    if value is None or value == "":
        raise ValueError(f"the order {order.get('do')} needs {key}")
    return str(value)


def ecs_name(value: object, what: str) -> str:
    """Return the value as a name that ECS allows; ``ValueError`` if ECS does not allow it."""
    if not isinstance(value, str) or not ECS_NAME.fullmatch(value):
        raise ValueError(
            f"the name of a {what} is of letters, digits, _ and -, at most 255, not {value!r:.80}"
        )
    return value


def count_of(order: Order, key: str) -> int | None:
    """Return a count, ``None`` if it is not given; ``ValueError`` unless it is a whole number from 0 up."""
    value = order.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{key} must be a whole number from 0 up, not {value!r}")
    return value


def idle_since(order: Order, now: datetime) -> datetime | None:
    """Return when requests ended: ``idle_days`` ago, the earliest instant for ``idle``, else ``None``."""
    days = count_of(order, "idle_days")
    if days is not None:
        return now - timedelta(days=days)
    return datetime.min.replace(tzinfo=UTC) if order.get("idle") else None


def service_of(fleet: Fleet, order: Order) -> SimService:
    """Wake and return the service that ``cluster`` and ``service`` name; ``ValueError`` if there is none."""
    cluster, name = need(order, "cluster"), need(order, "service")
    found = fleet.services.get((cluster, name))
    if found is None:
        raise ValueError(f"no service {name} in cluster {cluster}")
    found.rests_until = float("-inf")
    return found
