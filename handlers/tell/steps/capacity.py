"""Composes what is said of a service's count and autoscaling while a stop or a start changes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from policies.schedule.standing import said_in_full
from policies.times.instants import words

PROTECTION_UNREAD = "; the bot may not read whether they are protected"
"""The remark in place of ``protected``, if nobody can tell which tasks are protected."""


def absent(service: str, environment: str) -> str:
    return f"There is no service `{service}` in `{environment}` any more."


def counted(service: str, desired: int) -> str:
    return f"`{service}` is set to {desired}"


def stopped(service: str) -> str:
    return f"`{service}` is stopped"


def stopping(service: str, tasks: int, held: str) -> str:
    """Say how many tasks are stopping. ``held`` is the protection that delays them, as ``protected`` words
    it.
    """
    return f"`{service}`: {_tasks(tasks)} stopping{held}"


def still_running(service: str, tasks: int, held: str, *, after: timedelta) -> str:
    verb = "still runs" if tasks == 1 else "still run"
    return f"`{service}`: {_tasks(tasks)} {verb} after {words(after)}{held}"


def protected(tasks: Sequence[tuple[str, datetime | None]], *, zone: tzinfo, now: datetime) -> str:
    """Name the protected tasks among those that stop, by id, and say until when they are protected."""
    named = ", ".join(
        f"`{id[:8]}`{f' until {said_in_full(ends, zone, now)}' if ends else ''}" for id, ends in tasks
    )
    return f"; protected from being stopped: {named}"


def judged(service: str, sentence: str) -> str:
    return f"`{service}`: {sentence}"


def not_up(service: str, sentence: str, *, after: timedelta) -> str:
    return f"`{service}` is not up after {words(after)}: {sentence}"


def not_shown_yet(service: str) -> str:
    return f"`{service}`: waiting for ECS to show its new count"


def set_by_others(service: str, desired: int) -> str:
    return f"`{service}` was set to {desired} again by something else meanwhile"


def suspended(service: str) -> str:
    return f"autoscaling of `{service}` is suspended"


def restored(service: str, minimum: int, maximum: int) -> str:
    return f"autoscaling of `{service}` is as it was: {minimum} to {maximum}"


def _tasks(count: int) -> str:
    return f"{count} {'task' if count == 1 else 'tasks'}"
