"""Text as a cell of a CSV file that no spreadsheet takes for a formula."""

from __future__ import annotations

import unicodedata

_FORMULA = ("=", "+", "-", "@")
"""What begins a formula; ``NFKC`` makes these of their full-width, small and raised forms."""
_MINUS = "\u2212"
_APART = ("\t", "\r", "\n")
"""What a spreadsheet may take off, or for the end of a cell, and read on after it."""


def safe_cell(text: str) -> str:
    """With an apostrophe in front where it begins like a formula, if only after what is not seen: white
    space, control and format characters."""
    begins = next((char for char in text if unicodedata.category(char)[0] not in "CZ"), "")
    formula = begins == _MINUS or unicodedata.normalize("NFKC", begins).startswith(_FORMULA)
    return f"'{text}" if formula or text.startswith(_APART) else text
