"""Text that a person typed in Slack, read by the grammar of ``handlers.typed``."""

from __future__ import annotations

from bot.slack.normalise import normalise
from bot.slack.verbatim import as_typed
from handlers.registry import Registry
from handlers.tell import typed as tell
from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import NOBODY, Misread, Names, Parsed

__all__ = ["LONGEST", "Misread", "Parsed", "parse"]
LONGEST = 1_000
"""Characters of a command; Slack itself sends more."""


def parse(text: str, registry: Registry, command: str, names: Names = NOBODY) -> Parsed | Misread:
    """Read a line; total on any text. Without names, only the written order is understood."""
    room = Room(registry, command, names)
    line = normalise(text) if len(text) <= LONGEST * 3 else text
    if len(line) > LONGEST:
        return Misread(tell.too_long(len(line), LONGEST), room.help())
    found = read(line, room)
    return as_typed(found, text, registry) if isinstance(found, Parsed) else found
