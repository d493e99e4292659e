"""Composes what is said of a catalog that was written."""

from __future__ import annotations


def applied(changes: int | None) -> str:
    return f"{changes} changes applied."
