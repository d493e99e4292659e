"""Finds what an operation compares with, however it is said: *with qa-eu*, *compared to qa-eu*, *between
staging and qa-eu*.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.typed.line import bare, channel
from handlers.typed.values import Names
from handlers.words.arguments import WITH

_COMPARED = frozenset({"compared", "compare", "different"})
_LEADS = frozenset({"to", "with", "from", "and"})


def compared(words: Sequence[str], name: str, names: Names) -> list[str]:
    """Return the words with what is compared with as ``name="with qa-eu"``, if it is said."""
    for n in range(len(words) - 1):
        word, after = words[n].lower(), words[n + 1]
        if word in _COMPARED and after.lower() in _LEADS and n + 2 < len(words):
            return _named(words, n, n + 3, f"with {_place(words[n + 2], names)}", name)
        if (n and word in WITH) or (word in {*WITH, "to", "and"} and _known(after, names)):
            lead = word if word in WITH else "with"
            return _named(words, n, n + 2, f"{lead} {_place(after, names)}", name)
    at = [n for n, word in enumerate(words) if _known(word, names)]
    if len(at) == 2 and len(words) > 2 and at[1] == at[0] + 1 < len(words) - 1:
        return _named(words, at[1], at[1] + 1, f"with {_place(words[at[1]], names)}", name)
    return list(words)


def _named(words: Sequence[str], start: int, end: int, said: str, name: str) -> list[str]:
    left = [word for n, word in enumerate(words) if not start <= n < end and word.lower() != "between"]
    return [*left, f'{name}="{said}"']


def _place(word: str, names: Names) -> str:
    return _known(word, names) or bare(word)


def _known(word: str, names: Names) -> str:
    said = bare(word).lower().removeprefix("#")
    return said if said in names.environments else names.channels.get(channel(word), "")
