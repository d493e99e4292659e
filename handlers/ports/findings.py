"""What is remembered of orphans: findings with their answers, owners set in Slack, the last looks and sweeps.

As with every store, each method may raise ``handlers.words.errors.StoreLost``. No method locks the head of
the audit chain: the operation that a person asked for is already the evidence of their answer.
"""

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
        """Return the findings that are not gone, by subject."""
        ...

    def find(self, subject: str) -> Finding | None:
        """Return the finding on a subject, even if it is gone."""
        ...

    def change(self, subject: str, become: Callable[[Finding | None], Finding | None]) -> Finding | None:
        """Replace a finding with what ``become`` (pure) makes of it, in one transaction, and return the
        result. Of two changes at once, the second sees what the first made.
        """
        ...


class Owners(Protocol):
    def all(self) -> Mapping[str, Owned]:
        """Return all owners, by environment."""
        ...

    def put(self, owned: Owned) -> None:
        """Insert or replace an owner, by environment."""
        ...

    def remove(self, environment: str, user: str) -> bool:
        """Remove this user as owner; false if the owner is somebody else, or nobody."""
        ...


@dataclass(frozen=True)
class Look:
    """The last look at an environment. ``evidence``: ``None`` if nothing could be read then; ``changes``:
    what had been seen of deployments until then.
    """

    environment: str
    at: datetime
    evidence: Evidence | None = None
    changes: Changes = field(default_factory=Changes)


class Looks(Protocol):
    def all(self) -> Mapping[str, Look]:
        """Return the last look at each environment."""
        ...

    def put(self, look: Look) -> None:
        """Insert or replace a look; a look earlier than the stored one changes nothing."""
        ...


class Sweeps(Protocol):
    def all(self) -> Sequence[Sweep]:
        """Return the last sweep of each account and region, in that order."""
        ...

    def put(self, sweep: Sweep) -> None:
        """Insert or replace a sweep; a sweep earlier than the stored one changes nothing."""
        ...


@dataclass(frozen=True)
class Orphans:
    findings: Findings
    owners: Owners
    looks: Looks
    sweeps: Sweeps
