"""Whose capacity a task runs on. The *task's* provider decides what the task costs (facts/ecs 7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SERVERLESS = ("FARGATE", "FARGATE_SPOT")
"""AWS's own capacity providers, which every account has."""
SYSTEMS = {
    "LINUX": "Linux",
    "WINDOWS_SERVER_2019_CORE": "Windows Server 2019 Core",
    "WINDOWS_SERVER_2022_CORE": "Windows Server 2022 Core",
}
"""A task definition's ``operatingSystemFamily`` and the task's ``platformFamily`` for it, whose wording is
our own.
"""
FREE_STORAGE = 20
"""GiB that every Fargate task has free of charge."""


def next_provider(strategy: list[dict[str, Any]], taken: Mapping[str, int]) -> str:
    """Return the provider of one more task next to those ``taken``: bases first, then by weight; empty
    without a strategy (facts/ecs 7.5).
    """
    for row in strategy:
        if taken.get(row["capacityProvider"], 0) < int(row.get("base") or 0):
            return str(row["capacityProvider"])
    weighted = [row for row in strategy if int(row.get("weight") or 0) > 0]
    if not weighted:
        return str(strategy[0]["capacityProvider"]) if strategy else ""
    return str(min(weighted, key=lambda row: _share(row, taken))["capacityProvider"])


def _share(row: dict[str, Any], taken: Mapping[str, int]) -> float:
    beyond = taken.get(row["capacityProvider"], 0) - int(row.get("base") or 0)
    return beyond / int(row["weight"])


def strategy_of(spot: object) -> list[dict[str, Any]]:
    """Return the strategy that a service's spec orders: ``true``, ``false`` (on demand, through a strategy)
    or ``"half"``.
    """
    if spot == "half":
        return [_row("FARGATE", base=1), _row("FARGATE_SPOT")]
    if not isinstance(spot, bool):
        raise ValueError(f'spot must be true, false or "half", not {spot!r}')
    return [_row("FARGATE_SPOT" if spot else "FARGATE")]


def _row(provider: str, *, base: int = 0) -> dict[str, Any]:
    return {"capacityProvider": provider, "weight": 1, "base": base}
