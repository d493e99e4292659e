"""Composes what the ops channel is told of digests that cannot be posted in their channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.words.message import Message, Status, Text

NAMES = 3


@dataclass(frozen=True)
class Undelivered:
    """A digest that could not be posted. ``names`` are the environments in the digest. ``why`` is Slack's
    reason, as a sentence.
    """

    channel: str
    names: tuple[str, ...]
    why: str


def message(found: Sequence[Undelivered]) -> Message:
    """The message: *failed: The weekly digest could not be posted in 2 channels.*"""
    where = "its channel" if len(found) == 1 else f"{len(found)} channels"
    lines = tuple(f"{_listed(each.names)}: {each.why}" for each in found)
    return Message(
        Status.FAILED,
        f"The weekly digest could not be posted in {where}.",
        (Text((*lines, "Until it can be, it is tried again every ten minutes for two days.")),),
        channels=tuple(each.channel for each in found),
    )


def _listed(names: Sequence[str]) -> str:
    left = len(names) - NAMES
    more = f" and {left} more" if left > 0 else ""
    return ", ".join(f"`{name}`" for name in names[:NAMES]) + more
