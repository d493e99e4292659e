"""Composes what is said of an environment's counts that are put back from the log."""

from __future__ import annotations


def unknown(environment: str) -> str:
    """Say why nothing is put back. ``nothing_put`` completes the sentence."""
    return f"`{environment}` is not in the catalog any more"


def busy(environment: str, operation: str, operation_id: str) -> str:
    return f"`{environment}`: {operation} is under way there (operation {operation_id})"


def nothing_put(why: str) -> str:
    return f"{why}, so nothing was put back."


def gone_again(environment: str) -> str:
    return f"`{environment}`: what was put back is gone again."


def kept(environment: str) -> str:
    return f"`{environment}` has something saved meanwhile, which is kept."


def back(environment: str) -> str:
    return f"What was saved of `{environment}` is back."
