"""Composes what is said of what a stop saves and a start restores."""

from __future__ import annotations

from collections.abc import Sequence

SETTLING = "waiting for what was cancelled to end"
GONE = "What was saved is gone again, so nothing was stopped."
SAVED = "counts and autoscaling are saved"
IN_USE = "its databases are in use again"
GIVEN_BACK = "counts and autoscaling are as they were saved"


def kept(services: Sequence[str]) -> str:
    """Say that what was saved is kept. ``services`` are those that are at 0 again."""
    named = ", ".join(f"`{name}`" for name in services)
    return f"{named} {'is' if len(services) == 1 else 'are'} at 0 again; what was saved is kept"
