"""Finds the operations and step kinds that handler files declare."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import handlers
import handlers.steps
from handlers.elsewhere import TABLE, Row
from handlers.words.operation import Operation
from handlers.words.step import StepKind

NEGATIONS = ("un", "de", "dis", "non")
"""Prefixes that turn a word into its opposite."""
ALIKE = 0.8
LONG = 5
"""The number of letters from which a typing error in another tool's word is recognised."""
CLOSE = 0.1
"""Two similarities that differ by less than this do not tell which word was meant."""


@dataclass(frozen=True)
class Registry:
    """Every operation by name, every alias to its operation's name, and every kind of step by name."""

    operations: Mapping[str, Operation]
    aliases: Mapping[str, str]
    step_kinds: Mapping[str, StepKind[Any, Any, Any]]

    def named(self, word: str) -> Operation | None:
        """Return the operation of that name or alias, in upper or lower case."""
        word = word.lower()
        return self.operations.get(self.aliases.get(word, word))

    def nearest(self, word: str) -> Operation | Row | None:
        """Return what a mistyped word is most like, if it is like anything: an operation, or another tool's
        word for one.

        Never returns the opposite of what was typed, nor either of two opposites that are about equally
        similar.
        """
        word = word.lower()
        single = (alias for alias in self.aliases if " " not in alias)
        own = [*(n for n, o in self.operations.items() if not o.console), *single]
        others = {n for n in TABLE if len(n) >= LONG and _ratio(word, n) > ALIKE}
        names = [n for n in {*own, *others} if not _denied(word, n)]
        close = difflib.get_close_matches(word, sorted(names), n=4, cutoff=0.62)
        if not close:
            return None
        found = [self._meant(name) for name in close]
        likely = [each for each, name in zip(found, close, strict=True) if _like(word, close[0], name)]
        best = found[0]
        return None if any(self._opposite(best, each) for each in likely) else best

    def _meant(self, name: str) -> Operation | Row:
        return self.named(name) or TABLE[name]

    def _opposite(self, one: Operation | Row, other: Operation | Row) -> bool:
        first, second = (self.named(e.means) if isinstance(e, Row) else e for e in (one, other))
        return first is not None and second is not None and opposite(first, second)


def opposite(one: Operation, other: Operation) -> bool:
    """Return whether one operation undoes or cancels the other."""
    names, takes = {one.name, other.name}, {*one.cancels, *other.cancels, one.undone_by, other.undone_by}
    return len(names) == 2 and bool(names & takes)


def _denied(word: str, name: str) -> bool:
    """Return whether one word is the other with a negating prefix: *unpause* is not *pause*."""
    return any(
        word.startswith(no) and not name.startswith(no) and _ratio(word.removeprefix(no), name) > ALIKE
        for no in NEGATIONS
    ) or any(
        name.startswith(no) and not word.startswith(no) and _ratio(name.removeprefix(no), word) > ALIKE
        for no in NEGATIONS
    )


def _like(word: str, best: str, name: str) -> bool:
    return _ratio(word, best) - _ratio(word, name) < CLOSE


def _ratio(word: str, name: str) -> float:
    return difflib.SequenceMatcher(None, name, word).ratio()


def load() -> Registry:
    """Import every file of ``handlers`` and ``handlers.steps`` and collect what they declare.

    The wiring calls this once; importing a package does nothing else. Raises ``ValueError`` on a name taken
    twice.
    """
    operations: dict[str, Operation] = {}
    aliases: dict[str, str] = {}
    for found in (o for m in _modules(handlers) for o in vars(m).values() if isinstance(o, Operation)):
        for word in (found.name, *found.aliases):
            if operations.get(word, found) is not found or aliases.get(word, found.name) != found.name:
                raise ValueError(f"two operations are called {word!r}")
        operations[found.name] = found
        aliases.update(dict.fromkeys(found.aliases, found.name))
    return Registry(dict(sorted(operations.items())), aliases, _step_kinds())


def _step_kinds() -> Mapping[str, StepKind[Any, Any, Any]]:
    kinds: dict[str, StepKind[Any, Any, Any]] = {}
    for kind in (k for m in _modules(handlers.steps) for k in getattr(m, "KINDS", ())):
        if kinds.setdefault(kind.name, kind) is not kind:
            raise ValueError(f"two kinds of step are called {kind.name!r}")
    return kinds


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if not info.ispkg and info.name != __name__:
            yield importlib.import_module(info.name)
