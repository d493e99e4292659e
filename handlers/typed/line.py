"""A line of text in words, and the words that do no harm."""

from __future__ import annotations

import re

LONGEST_WORD = 255
"""Characters of one word: the longest name ECS allows for a service."""
POLITE = frozenset({"please", "pls", "plz", "kindly"})
"""They are never part of what is said."""
FILLERS = POLITE | frozenset(
    {"in", "on", "the", "now", "for", "of", "at", "to", "service", "environment", "env"}
)
"""Words between the others that say nothing, unless they are the name of something."""
_WORD = re.compile(r"""(?:"[^"]*"|'[^']*'|\S)+""")
_CHANNEL = re.compile(r"<#([A-Z0-9]{2,20})>")


def words_of(line: str) -> list[str]:
    """With the quotes that hold several together."""
    return _WORD.findall(line)


def bare(word: str) -> str:
    """Without the quotes around it, if there are any."""
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word


def channel(word: str) -> str:
    """The id of the channel that a word mentions; empty if it mentions none."""
    found = _CHANNEL.fullmatch(word)
    return found[1] if found else ""
