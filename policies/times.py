"""Times in words that people use."""

from __future__ import annotations

from datetime import timedelta

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def words(span: timedelta) -> str:
    """``38 s``, ``5 m 40 s``, ``2 h``, ``3 d 4 h``: at most two units, rounded to the smaller one.

    Anything above nothing is at least ``1 s``; a negative span counts as nothing.
    """
    exact = span.total_seconds()
    seconds = max(1, int(exact + 0.5)) if exact > 0 else 0
    seconds -= seconds % (60 if seconds >= 3_600 else 1)
    seconds -= seconds % (3_600 if seconds >= 86_400 else 1)
    parts: list[str] = []
    for unit, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
