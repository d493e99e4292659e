"""Splits a line of text into words, and knows the filler words that carry no meaning."""

from __future__ import annotations

import re

LONGEST_WORD = 255
"""The longest word that is accepted, in characters: ECS allows a service name of this length."""
POLITE = frozenset({"please", "pls", "plz", "kindly"})
"""Words that are never part of the meaning."""
FILLERS = POLITE | frozenset(
    {"in", "on", "the", "now", "for", "of", "at", "to", "service", "environment", "env"}
)
"""Words that mean nothing between the others, unless something has that name."""
_WORD = re.compile(r"""(?:"[^"]*"|'[^']*'|\S)+""")
_CHANNEL = re.compile(r"<#([A-Z0-9]{2,20})>")


def words_of(line: str) -> list[str]:
    """Split a line into words. Words within quotes stay together and keep their quotes."""
    return _WORD.findall(line)


def bare(word: str) -> str:
    """Return the word without the quotes around it, if there are any."""
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word


def channel(word: str) -> str:
    """Return the id of the channel that a word mentions; empty if the word mentions none."""
    found = _CHANNEL.fullmatch(word)
    return found[1] if found else ""
