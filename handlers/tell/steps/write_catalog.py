"""Composes what is said of a catalog that was written."""

from __future__ import annotations


def applied(changes: int | None) -> str:
    return "1 change applied." if changes == 1 else f"{changes} changes applied."
