"""Makes names fit into the little room of a button or a menu."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

BUTTON = 75
"""The most characters of a button's label, and of an option of a menu (facts/slack 2.1)."""
_NUMBER = 4
"""The characters of `` (2)``; a menu of a message has five entries at most."""


def within(name: str, room: int) -> str:
    """Leave out the middle of a name that has more than ``room`` characters: names of one kind begin alike
    and end alike.
    """
    head = room * 8 // 15
    return name if len(name) <= room else f"{name[:head]}…{name[head + 1 - room :]}"


def at_a_word(text: str, room: int) -> str:
    """Return at most ``room`` characters of a text, cut behind a whole word."""
    if len(text) <= room:
        return text
    return f"{text[: room - 1].rpartition(' ')[0].rstrip(' ,;:')}…"


def apart(names: Iterable[str], room: int) -> list[str]:
    """Return names of at most ``room`` characters, the second and later ones of equal names with a number."""
    seen: Counter[str] = Counter()
    found = []
    for name in (within(name, room - _NUMBER) for name in names):
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
