"""What is remembered of orphans: findings with their answers, owners set in Slack, the last looks and sweeps.

As with every store, each method may raise ``handlers.words.errors.StoreLost``. No method holds the head of
the evidence: what people answered is evidence by the operation that they asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from policies.orphans.changes import Changes
from policies.orphans.evidence import Evidence
from policies.orphans.findings import Finding
from policies.orphans.leftovers import Sweep
from policies.orphans.owners import Owned


class Findings(Protocol):
    def all(self) -> Sequence[Finding]:
        """Those that are not gone, by subject."""
        ...

    def find(self, subject: str) -> Finding | None:
        """Also one that is gone."""
        ...

    def change(self, subject: str, become: Callable[[Finding | None], Finding | None]) -> Finding | None:
        """What ``become`` (pure) makes of what is there, in one transaction, and what that is. Of two at once
        the second sees what the first made."""
        ...


class Owners(Protocol):
    def all(self) -> Mapping[str, Owned]:
        """By environment."""
        ...

    def put(self, owned: Owned) -> None:
        """Insert or replace, by environment."""
        ...

    def remove(self, environment: str, user: str) -> bool:
        """No longer that one; false where it is another, or nobody."""
        ...


@dataclass(frozen=True)
class Look:
    """How an environment was looked at last. ``evidence``: ``None`` where nothing could be read then;
    ``changes`` is what has been seen of deployments until then."""

    environment: str
    at: datetime
    evidence: Evidence | None = None
    changes: Changes = field(default_factory=Changes)


class Looks(Protocol):
    def all(self) -> Mapping[str, Look]:
        """By environment."""
        ...

    def put(self, look: Look) -> None:
        """Insert or replace; an earlier one than what is kept changes nothing."""
        ...


class Sweeps(Protocol):
    def all(self) -> Sequence[Sweep]:
        """The last of each account and region, in that order."""
        ...

    def put(self, sweep: Sweep) -> None:
        """Insert or replace; an earlier one than what is kept changes nothing."""
        ...


@dataclass(frozen=True)
class Orphans:
    findings: Findings
    owners: Owners
    looks: Looks
    sweeps: Sweeps
