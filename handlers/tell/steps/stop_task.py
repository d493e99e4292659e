"""Composes what is said of tasks that are restarted one at a time. For the service, its judgement is told."""

from __future__ import annotations

from datetime import timedelta

GAP = "One task is desired, so there is a gap until its replacement is healthy."


def why(actor: str, operation_id: str) -> str:
    """The reason that ECS shows for the stop."""
    return f"restarted by {actor} (operation {operation_id})"


def overtaken(sentence: str) -> str:
    return f"{sentence}; nothing more was stopped"


def not_settled(sentence: str, *, after: timedelta) -> str:
    return f"Not settled after {after // timedelta(minutes=1)} min: {sentence}"
