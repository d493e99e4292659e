"""Splits a line of text into words, and knows the filler words that carry no meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST_WORD = 255
"""The longest word that is accepted, in characters: ECS allows a service name of this length."""
POLITE = frozenset({"please", "pls", "plz", "kindly"})
"""Words that are never part of the meaning."""
LEADS = POLITE | frozenset({"could", "can", "would", "will", "you", "just", "hey"})
"""Words that mean nothing before a command. Further on they may be part of a reason."""
FILLERS = POLITE | frozenset(
    {"in", "on", "the", "now", "for", "of", "at", "to", "it", "service", "environment", "env"}
)
"""Words that mean nothing between the others, unless something has that name."""
_WORD = re.compile(r"""(?:"[^"]*"|'[^']*'|\S)+""")
_NAMED = re.compile(r"[A-Za-z][A-Za-z0-9_-]*=")
_CHANNEL = re.compile(r"<#([A-Z0-9]{2,20})>")


class BothQuotes(ValueError):
    """Raised for a word with quotes of both kinds, which no line can hold."""


def line_of(words: Sequence[str]) -> str:
    """Return the line of these words, as a shell gives them without its quotes: the inverse of ``words_of``.
    A single word with blanks is a line already. Raises ``BothQuotes``.
    """
    if len(words) == 1 and " " in words[0].strip():
        return words[0]
    return " ".join(map(_requoted, words))


def _requoted(word: str) -> str:
    if word and not any(c.isspace() or c in "\"'" for c in word):
        return word
    name, value = "", word
    if found := _NAMED.match(word):
        name, value = found[0], word[found.end() :]
    quote = "'" if '"' in value else '"'
    if quote in value:
        raise BothQuotes(word)
    return f"{name}{quote}{value}{quote}"


def words_of(line: str) -> list[str]:
    """Split a line into words. Words within quotes stay together and keep their quotes."""
    return _WORD.findall(line)


def bare(word: str) -> str:
    """Return the word without the quotes around it, if there are any."""
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word


def trimmed(word: str) -> str:
    """Return the word without the punctuation that ends a clause or a sentence; a word of nothing else stays
    as it is.
    """
    return word.rstrip(",;:.!?") or word


def ended(word: str) -> str:
    """Return the last word of a sentence without the mark that ends the sentence."""
    return word.rstrip(".!?") or word


def channel(word: str) -> str:
    """Return the id of the channel that a word mentions; empty if the word mentions none."""
    found = _CHANNEL.fullmatch(word)
    return found[1] if found else ""
