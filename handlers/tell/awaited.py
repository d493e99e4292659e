"""What is said of a digest that waits for what it is told from, that comes late, or without some of it."""

from __future__ import annotations

from datetime import timedelta

from handlers.tell.wording import few, listed
from policies.digest.awaited import Lacking


def waits(lacking: Lacking, longest: timedelta) -> str:
    minutes = longest // timedelta(minutes=1)
    return f"This channel's digest waits, for {minutes} minutes at most, for {_lacks(lacking)}."


def late(due: str) -> str:
    """``due``: when it should have come."""
    return f"This digest is late: it was due {due}."


def came_without(lacking: Lacking) -> str:
    said = _lacks(lacking)
    return f"{said[:1].upper()}{said[1:]} did not come in time for this digest."


def _lacks(lacking: Lacking) -> str:
    """*the first look at `staging` and the prices of eu-north-1*."""
    parts = (
        ("the first look at", [f"`{name}`" for name in lacking.looks]),
        ("the history of", [f"`{name}`" for name in lacking.histories]),
        ("the prices of", list(lacking.prices)),
    )
    return listed([f"{what} {few(of)}" for what, of in parts if of])
