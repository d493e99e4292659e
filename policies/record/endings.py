"""How operations ended, and which of those that did not end well nobody has made up for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from policies.record.lifecycle import State

_FINE = frozenset({State.SUCCEEDED, State.UNCHANGED, State.CANCELLED, State.SUPERSEDED})
"""Ends that leave nothing to be done: somebody cancelled or overtook it."""
_MOVES = frozenset({"start", "stop"})


@dataclass(frozen=True)
class Ended:
    """An operation that has closed, without its steps. ``target``: ``*`` for the whole environment."""

    name: str
    environment: str
    target: str
    state: State
    at: datetime

    @property
    def fine(self) -> bool:
        return self.state in _FINE


def unresolved(ended: Iterable[Ended]) -> tuple[Ended, ...]:
    """Those that did not end well, and after which nothing of the same kind did at the same place; the
    newest first. A start also settles a stop that failed."""
    last: dict[tuple[str, str, str], Ended] = {}
    for each in sorted(ended, key=lambda e: e.at):
        last[_matter(each)] = each
    return tuple(sorted((e for e in last.values() if not e.fine), key=lambda e: e.at, reverse=True))


def _matter(ended: Ended) -> tuple[str, str, str]:
    kind = "move" if ended.name in _MOVES else ended.name
    return ended.environment, ended.target, kind
