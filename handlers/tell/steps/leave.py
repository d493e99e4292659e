"""Composes what is said of a transition that is not tried again."""

from __future__ import annotations


def why(who: str) -> str:
    return f"left as it is by {who}"


def left(environment: str) -> str:
    return f"`{environment}` is left as it is, and not tried again."
