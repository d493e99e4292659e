"""Says what a text that is none of an argument's choices could be."""

from __future__ import annotations

import difflib

from policies.catalog.choosing import meant


def nearest(text: str, choices: tuple[str, ...]) -> str:
    """Return the choice for which the text may be another word, or a typing error; empty if there is none."""
    return meant(text, choices) or next(iter(difflib.get_close_matches(text.lower(), choices, n=1)), "")


def not_one_of(choices: tuple[str, ...], shown: str, text: str, *, name: str) -> str:
    """Return the sentence. ``name``: the argument's, or empty if nobody has to type it."""
    near = nearest(text, choices)
    ask = f" Did you mean `{near}`?" if near else ""
    if name:
        return f"`{name}` cannot be {shown}: one of {', '.join(choices)}.{ask}"
    said = [f"`{choice}`" for choice in choices]
    none = f"neither {said[0]} nor {said[1]}" if len(said) == 2 else f"none of {', '.join(said)}"
    return f"{shown} is {none}.{ask}"
