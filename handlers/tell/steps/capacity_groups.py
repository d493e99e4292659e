"""Composes what is said of an Auto Scaling group while a stop or a start resizes it."""

from __future__ import annotations

from datetime import timedelta

from policies.times.instants import words


def absent(group: str, environment: str) -> str:
    return f"No service of `{environment}` runs on a group `{group}` any more."


def at_zero(group: str) -> str:
    return f"group `{group}` is at 0"


def going(group: str, instances: int) -> str:
    return f"group `{group}`: {_instances(instances)} going"


def still_there(group: str, instances: int, *, after: timedelta) -> str:
    return f"group `{group}`: {_instances(instances)} still there after {words(after)}"


def taking_tasks(group: str, ready: int, desired: int, *, after: timedelta | None = None) -> str:
    """Say how many instances accept tasks. ``after`` is told if the wait was too long."""
    late = f" after {words(after)}" if after else ""
    return f"group `{group}`: {ready} of {desired} instances take tasks{late}"


def not_shown_yet(group: str) -> str:
    return f"group `{group}`: waiting for its new sizes to be shown"


def set_by_others(group: str, desired: int) -> str:
    return f"group `{group}` was set to {desired} by something else meanwhile"


def _instances(count: int) -> str:
    return f"{count} {'instance' if count == 1 else 'instances'}"
