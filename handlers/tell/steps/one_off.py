"""Composes what is said of a one-off task while it runs, and of how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from policies.times.instants import words

STARTING = "its task is starting"
RUNNING = "its task runs"
NOT_SHOWN = "AWS does not show its task yet"
LOST = "AWS no longer shows its task, so nobody can tell how it ended."
NEVER_FOUND = "Whether AWS took the order is not known, and no task of it runs now."
LAST_LINES = "Last lines"
NOT_FROM_HERE = "(its log is not readable from here: it is not written to CloudWatch with a stream prefix)"
STOPPING = "its task is being stopped"
STOPPED = "its task has stopped"


def exited(code: int) -> str:
    return f"exit code {code}"


def failed(cause: str, telling: str) -> str:
    """*exit code 1, relation "orders" does not exist*."""
    return f"{cause}, {telling}" if telling else cause


def not_started(failures: Sequence[str]) -> str:
    return f"AWS started no task: {'; '.join(failures) or 'it gave no reason'}"


def still_runs(*, after: timedelta) -> str:
    return f"it should have ended within {words(after)}; it was left running and is no longer watched"


def why(name: str) -> str:
    """The reason that ECS shows for the stop."""
    return f"asked for by {name}"


def not_stopped(*, after: timedelta) -> str:
    return f"its task still runs {words(after)} after it was asked to stop"
