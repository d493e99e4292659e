"""An answer that goes on behind a button."""

from __future__ import annotations

from handlers.words.message import Offer


def more(operation: str, left: int, skip: int) -> tuple[Offer, ...]:
    """The button for what is left, if anything is; ``skip``: how many the next page passes over."""
    if left <= 0:
        return ()
    return (Offer(f"{left} more", operation, arguments={"skip": str(skip)}, once=False),)
