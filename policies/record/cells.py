"""Text as a cell of a CSV file that no spreadsheet takes for a formula."""

from __future__ import annotations

import unicodedata

_FORMULA = ("=", "+", "-", "@")
"""What begins a formula; ``NFKC`` turns their full-width, small and raised forms into these."""
_MINUS = "\u2212"
_APART = ("\t", "\r", "\n")
"""Characters that a spreadsheet may remove, or take for the end of a cell and read on after."""


def safe_cell(text: str) -> str:
    """The text with an apostrophe in front if it begins like a formula, even if only after what is not
    seen: white space, control and format characters."""
    begins = next((char for char in text if unicodedata.category(char)[0] not in "CZ"), "")
    formula = begins == _MINUS or unicodedata.normalize("NFKC", begins).startswith(_FORMULA)
    return f"'{text}" if formula or text.startswith(_APART) else text
