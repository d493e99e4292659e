"""Says what a text that is none of an argument's choices could be."""

from __future__ import annotations

import difflib


def nearest(text: str, choices: tuple[str, ...]) -> str:
    """Return the choice that the text may be a typing error of; empty if there is none."""
    return next(iter(difflib.get_close_matches(text.lower(), choices, n=1)), "")


def not_one_of(choices: tuple[str, ...], shown: str, text: str, *, name: str) -> str:
    """Return the sentence. ``name``: the argument's, or empty if nobody has to type it."""
    near = nearest(text, choices)
    meant = f" Did you mean `{near}`?" if near else ""
    if name:
        return f"`{name}` cannot be {shown}: one of {', '.join(choices)}.{meant}"
    said = [f"`{choice}`" for choice in choices]
    none = f"neither {said[0]} nor {said[1]}" if len(said) == 2 else f"none of {', '.join(said)}"
    return f"{shown} is {none}.{meant}"
