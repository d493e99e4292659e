"""What nobody sees in a text: controls, direction changes, private and unassigned characters, and the codes
that colour it in a terminal.
"""

from __future__ import annotations

import re
import unicodedata

_PERHAPS = re.compile(r"[^\n\t\x20-\x7e]")
_CODES = re.compile(
    r"(?:\x1b|\x9b|\\{1,8}(?:u001[bB]|x1[bB]|033))(?:\[[0-9;:?]{0,40}[A-Za-z]|\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\))"
    r"|\x9b[0-9;:?]{0,40}[A-Za-z]"
)
"""A terminal's codes (colours, links), as they are and as JSON and programs write them: ``\\u001b[31m``."""

_CODED = ("\x1b", "\x9b", "u001", "x1", "\\033")
"""Text without any of these has no such code."""

_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def visible(text: str) -> str:
    """Without them; line breaks and tabs stay."""
    if not _PERHAPS.search(text):
        return text
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter)[0] != "C")


def spaced(text: str) -> str:
    """The text with a plain space for each of the others, such as one at which no line breaks."""
    return text if text.isascii() else _SPACES.sub(" ", text)


def uncoloured(text: str) -> str:
    """The text without the codes that colour it."""
    return _CODES.sub("", text) if any(sign in text for sign in _CODED) else text
