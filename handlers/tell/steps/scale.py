"""What is said of a service while its number of tasks changes."""

from __future__ import annotations

from datetime import timedelta

from policies.times.instants import words


def not_shown_yet(service: str) -> str:
    return f"`{service}`: waiting for ECS to show its new count"


def moving(running: int, desired: int) -> str:
    """*2 of 5 tasks running*, or *5 tasks running, 2 wanted*."""
    if running < desired:
        return f"{running} of {_tasks(desired)} running"
    return f"{_tasks(running)} running, {desired} wanted"


def settled(desired: int, was: int) -> str:
    return f"{_tasks(desired)} running, {was} before"


def not_there(running: int, desired: int, why: str, *, after: timedelta) -> str:
    """``why``: the cause, if a task told one."""
    said = f"{running} of {_tasks(desired)} running after {words(after)}"
    return f"{said}: {why}" if why else said


def changed_before(service: str, found: int) -> str:
    return f"`{service}` was set to {_tasks(found)} by something else meanwhile, and that stays"


def changed_after(service: str, found: int) -> str:
    return f"`{service}` was set to {_tasks(found)} by something else after that"


def _tasks(count: int) -> str:
    return f"{count} {'task' if count == 1 else 'tasks'}"
