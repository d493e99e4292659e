"""Characters that nobody sees: controls, direction changes, private and unassigned ones."""

from __future__ import annotations

import re
import unicodedata

_PERHAPS = re.compile(r"[^\n\t\x20-\x7e]")


def visible(text: str) -> str:
    """Without them; line breaks and tabs stay."""
    if not _PERHAPS.search(text):
        return text
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter)[0] != "C")
