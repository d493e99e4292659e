"""Text that is written for a URL or in JSON, as it reads: *%3D* is an equals sign, *\\u00f1* a letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

_DEEPEST = 3
"""How often text may be encoded one in another, and still be read."""
_OCTET = re.compile(r"%[0-9A-Fa-f]{2}", re.ASCII)
_ESCAPE = re.compile(r"\\{1,8}u(?!d[89a-f])(?!00[019][0-9a-f]|007f)([0-9a-f]{4})", re.ASCII | re.IGNORECASE)
"""A character as JSON writes it, also within JSON; neither a control character nor half of a surrogate."""
_QUOTE = re.compile(r"\\\\{0,15}\"")
_ENCODED = re.compile(rf"{_OCTET.pattern}|\\u[0-9a-f]{{4}}", re.ASCII | re.IGNORECASE)


def is_encoded(text: str) -> bool:
    """Return whether there is anything to decode. Cheap."""
    return ("%" in text or "\\u" in text) and _ENCODED.search(text) is not None


def unquoted(text: str) -> str:
    """The text without the backslashes before its quotes, however often it was quoted."""
    return _QUOTE.sub('"', text) if '\\"' in text else text


def readings(line: str) -> Iterator[str]:
    """Yield the line read once, twice and three times, as often as that changes it. Each is one line."""
    for _ in range(_DEEPEST):
        read = line
        if "%" in read and _OCTET.search(read):
            read = " ".join(unquote(read, errors="replace").splitlines())
        if "\\" in read:
            read = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), read)
        if read == line:
            return
        yield read
        line = read
