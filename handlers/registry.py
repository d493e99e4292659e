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
from handlers.words.operation import Operation
from handlers.words.step import StepKind


@dataclass(frozen=True)
class Registry:
    """Every operation by name, every alias to its operation's name, and every kind of step by name."""

    operations: Mapping[str, Operation]
    aliases: Mapping[str, str]
    step_kinds: Mapping[str, StepKind[Any, Any, Any]]

    def named(self, word: str) -> Operation | None:
        """The operation of that name or alias, upper or lower case."""
        word = word.lower()
        return self.operations.get(self.aliases.get(word, word))

    def nearest(self, word: str) -> Operation | None:
        """The operation whose name is most like a mistyped word, if any is."""
        names = [*(n for n, o in self.operations.items() if not o.console), *self.aliases]
        close = difflib.get_close_matches(word.lower(), names, n=1, cutoff=0.6)
        return self.named(close[0]) if close else None


def load() -> Registry:
    """Import every file of ``handlers`` and ``handlers.steps`` and collect what they declare.

    Called once, by the wiring; importing a package does nothing else. ``ValueError`` on a name taken twice.
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
