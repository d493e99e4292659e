"""Takes an argument as it was typed: Slack's own escapes are undone, and nothing else is changed.

A line is read with its dashes, quotes and letters made plain. A pattern of keys must not be: another dash is
another key. So the pattern's own word is looked up in what was typed.
"""

from __future__ import annotations

from dataclasses import replace

from bot.slack.normalise import normalise, unescaped
from handlers.registry import Registry
from handlers.typed.line import bare
from handlers.typed.values import Parsed


def as_typed(parsed: Parsed, text: str, registry: Registry) -> Parsed:
    """Return what was read, with each verbatim argument as it stands in the text."""
    declared = registry.operations[parsed.operation].arguments
    exact = {
        a.name: _word(parsed.arguments[a.name], a.name, text)
        for a in declared
        if a.verbatim and a.name in parsed.arguments
    }
    return replace(parsed, arguments={**parsed.arguments, **exact}) if exact else parsed


def _word(read: str, name: str, text: str) -> str:
    """Return the word that was read so. Where none can be told apart, the pattern stays as it was read, which
    is shown before anything is done."""
    for word in unescaped(text).split():
        for said in (word, bare(word), word.removeprefix(f"{name}=")):
            for exact in (_unformatted(said), said):
                if normalise(escaped(exact)) == read and exact:
                    return exact
    return read


def _unformatted(word: str) -> str:
    """Drop the back-ticks around a word, which is how Slack writes code."""
    return word[1:-1] if len(word) > 2 and word[0] == word[-1] == "`" else word


def escaped(text: str) -> str:
    """Escape as Slack does, so that the text can be read by the same rules as all of a line."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
