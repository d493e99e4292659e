"""An answer that goes on behind a button."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from handlers.words.message import Offer


def more(
    operation: str, left: int, skip: int, asked: Mapping[str, str] = MappingProxyType({})
) -> tuple[Offer, ...]:
    """The button for what is left, if anything is; ``skip``: how many the next page passes over; ``asked``:
    the other arguments, as they were given."""
    if left <= 0:
        return ()
    return (Offer(f"{left} more", operation, arguments={**asked, "skip": str(skip)}, once=False),)
