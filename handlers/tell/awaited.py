"""Composes the remarks on a digest that waits for its sources, comes late, or comes without some of them."""

from __future__ import annotations

from datetime import timedelta

from handlers.tell.wording import few, listed
from policies.digest.awaited import Lacking


def waits(lacking: Lacking, longest: timedelta) -> str:
    minutes = longest // timedelta(minutes=1)
    return f"This channel's digest waits, for {minutes} minutes at most, for {_lacks(lacking)}."


def late(due: str) -> str:
    """Say that the digest is late. ``due`` is the time at which it was due."""
    return f"This digest is late: it was due at {due}."


def came_without(lacking: Lacking) -> str:
    said = _lacks(lacking)
    return f"{said[:1].upper()}{said[1:]} did not come in time for this digest."


def _lacks(lacking: Lacking) -> str:
    """List what is lacking: *the first look at `staging` and the prices of eu-north-1*."""
    parts = (
        ("the first look at", [f"`{name}`" for name in lacking.looks]),
        ("the history of", [f"`{name}`" for name in lacking.histories]),
        ("the prices of", list(lacking.prices)),
    )
    return listed([f"{what} {few(of)}" for what, of in parts if of])
