"""What may be chosen: how few choices get a button each, and which are the opposites of one another."""

from __future__ import annotations

from collections.abc import Collection

FEW = 5
"""How many choices are few enough that each gets a button."""
PAIRS = (("on", "off"), ("yes", "no"), ("true", "false"), ("enabled", "disabled"), ("up", "down"))
SAME_OR_NEW = ("same", "new")
"""Opposites for which there are no other words."""
_MEANT = (
    frozenset({"on", "yes", "true", "1", "enable", "enabled"}),
    frozenset({"off", "no", "false", "0", "disable", "disabled"}),
)
"""Words for the first, and for the second, of each pair."""


def opposed(choices: Collection[str]) -> bool:
    """Tell whether some of the choices are the opposites of others."""
    return any(set(pair) <= {choice.lower() for choice in choices} for pair in (*PAIRS, SAME_OR_NEW))


def meant(text: str, choices: Collection[str]) -> str:
    """Return the choice for which the text is another word, *on* for *true*; empty if there is none."""
    for pair in PAIRS:
        if set(pair) <= set(choices):
            both = zip(pair, _MEANT, strict=True)
            return next((choice for choice, words in both if text.lower() in words), "")
    return ""
