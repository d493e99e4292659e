"""Makes the button that continues an answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from handlers.words.message import Offer


def more(
    operation: str, left: int, skip: int, asked: Mapping[str, str] = MappingProxyType({})
) -> tuple[Offer, ...]:
    """The button for the rest, if there is one. ``skip`` is the number of items that the next page passes
    over; ``asked`` holds the other arguments, as they were given.
    """
    if left <= 0:
        return ()
    return (Offer(f"{left} more", operation, arguments={**asked, "skip": str(skip)}, once=False),)
